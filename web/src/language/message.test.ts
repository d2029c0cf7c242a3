import { afterEach, expect, it } from 'vitest';
import type { IncidentRow, ServerMessage } from '../generated/wire';
import { speak } from './language';
import { inWords } from './message';
import ru from './ru.json';

afterEach(() => speak('en', null));

const refused: ServerMessage = { type: 'refused', asked: 'suspend kgz-rus-2022', reason: 'there is no accord kgz-rus-2022' };

it('stays as it came where English is spoken', () => {
  expect(inWords(refused)).toBe(refused);
});

it('is said in this language, where the node speaks to people', () => {
  speak('ru', ru);
  expect(inWords(refused)).toEqual({ type: 'refused', asked: 'приостановить kgz-rus-2022', reason: 'соглашения kgz-rus-2022 нет' });
});

it('keeps what an article asks for and what people wrote', () => {
  speak('ru', ru);
  const step = { article: null, done_by: null, done_ms: null };
  const text = 'Write down how it ended';
  const incident = inWords<Extract<ServerMessage, { type: 'incident' }>>({
    type: 'incident',
    row: { name: { node: 'KGZ', number: 1 } } as IncidentRow,
    steps: [
      { ...step, text },
      { ...step, text, article: 'kgz-rus-2022 article 4' },
    ],
    told: [],
    log: [{ sequence: 1, at_ms: 0, by: 'Asel', words: 'put away', why: 'say why', shareable: false }],
    head: '',
  });
  expect(incident.steps.map((one) => one.text)).toEqual(['Записать, чем кончилось', text]);
  expect(incident.log[0]).toMatchObject({ words: 'put away', why: 'say why' });
});
