import { describe, expect, it } from 'vitest';
import type { AskedRow, BackUpRow, RequestRow } from '../generated/wire';
import { askedWords, backUpWords, confirmWords, csv, dueWords, glyphOf, howSoon, inOrder, instant, isOpen, news, panelWords, silenceWords } from './words';

const RAISED = Date.UTC(2026, 10, 24, 14, 0, 0);
const DUE = RAISED + 30 * 60_000;

const asked = (more: Partial<AskedRow> = {}): AskedRow => ({
  party: 'KGZ',
  state: 'sent',
  late: false,
  received_ms: null,
  heard_ms: null,
  answers: [],
  silence_recorded_by: [],
  ...more,
});

const row = (more: Partial<RequestRow> = {}): RequestRow => ({
  asker: 'KAZ',
  number: 7,
  accord: 'csto-illustration',
  article: '4',
  purpose: 'assistance',
  text: 'two aircraft for a search',
  incident: null,
  by: 'Duty officer',
  raised_ms: RAISED,
  due_ms: DUE,
  to_answer: false,
  withdrawn: null,
  asked: [asked()],
  reports: [],
  audience: ['KAZ', 'KGZ'],
  contradicted: [],
  ...more,
});

const answered = (atMs: number, late = false): AskedRow =>
  asked({ state: 'in_part', late, received_ms: RAISED + 2_000, answers: [{ answer: 'in_part', said: { at_ms: atMs, words: 'one', by: 'RAP-1' } }] });

describe('when an answer is due', () => {
  it('counts down in words, in UTC, and says so when little time is left', () => {
    expect(dueWords(row(), RAISED)).toEqual({ words: 'answer due in 30 min, by 14:30Z', tone: 'muted' });
    expect(dueWords(row(), DUE - 90_000)).toEqual({ words: 'answer due in 90 s, by 14:30Z', tone: 'caution' });
  });

  it('is past for everybody and a warning for who still has to answer', () => {
    expect(dueWords(row(), DUE)).toEqual({ words: 'was due 14:30Z', tone: 'muted' });
    expect(dueWords(row({ to_answer: true }), DUE).tone).toBe('warning');
  });

  it('counts no more once all have answered or nobody is asked any more', () => {
    expect(dueWords(row({ asked: [answered(RAISED + 60_000)] }), RAISED + 90_000).words).toBe('answered by all');
    const withdrawn = { at_ms: RAISED + 60_000, words: 'found', by: 'RAP-2' };
    expect(dueWords(row({ withdrawn }), DUE).words).toBe('withdrawn 14:01Z');
  });

  it('names the date when it is another day', () => {
    expect(instant(DUE + 86_400_000, DUE)).toBe('2026-11-25 14:30Z');
    expect(instant(DUE + 7_000, DUE)).toBe('14:30:07Z');
  });
});

describe('what the panel says first', () => {
  const silent = row({ asked: [asked({ state: 'no_answer' })] });

  it('is what waits for this party, else what is open', () => {
    expect(panelWords([row({ to_answer: true }), row()], 'KGZ', RAISED)).toBe('1 to answer');
    expect(panelWords([row()], 'KAZ', RAISED)).toBe('1 open');
  });

  it('tells who asked that somebody left it without an answer, and nobody else', () => {
    expect(panelWords([silent], 'KAZ', DUE)).toBe('0 open · 1 unanswered');
    expect(panelWords([silent], 'RUS', DUE)).toBe('0 open');
    expect(panelWords([{ ...silent, withdrawn: { at_ms: DUE, words: '', by: 'RAP-2' } }], 'KAZ', DUE)).toBe('0 open');
  });
});

describe('how a party stands', () => {
  it('goes from sent to received to answered', () => {
    expect(askedWords(asked(), row(), RAISED)).toBe('sent, not yet received');
    expect(askedWords(asked({ state: 'received', received_ms: RAISED + 1_000 }), row(), RAISED)).toBe('received 14:00:01Z');
    expect(askedWords(answered(RAISED + 600_000), row(), DUE)).toBe('accepted in part 14:10Z, after 10 min');
  });

  it('is still without an answer in time where one comes after it and says to be from before', () => {
    const said = { ...answered(DUE - 60_000), heard_ms: DUE + 1_800_000, silence_recorded_by: ['KAZ'] };
    const words = 'accepted in part, no answer by 14:30Z; heard here 15:00Z, said to be from 14:29Z';
    expect(askedWords(said, row(), DUE + 3_600_000)).toBe(words);
    expect(glyphOf(said)).toBe(glyphOf(asked({ state: 'no_answer' })));
  });

  it('says no answer by when, and who recorded that', () => {
    const silent = asked({ state: 'no_answer', silence_recorded_by: ['KAZ', 'KGZ'] });
    expect(askedWords(silent, row(), DUE + 5_000)).toBe('no answer by 14:30Z');
    expect(silenceWords(silent)).toBe('silence recorded by KAZ, KGZ');
    expect(silenceWords(asked())).toBe('');
  });

  it('calls a late answer late', () => {
    const late = answered(DUE + 60_000, true);
    expect(askedWords(late, row(), DUE + 70_000)).toBe('accepted in part 14:31Z, after 31 min, late: due 14:30Z');
    expect(howSoon(late, row())).toBe('31 min');
    expect(howSoon(asked(), row())).toBe('');
  });
});

it('what wants an answer from here comes first, and is open past its time', () => {
  const old = row({ number: 1, to_answer: true });
  const fresh = row({ number: 2, raised_ms: RAISED + 5_000 });
  expect(inOrder([fresh, old]).map((one) => one.number)).toEqual([1, 2]);
  expect(isOpen(old, DUE + 1)).toBe(true);
  expect(isOpen(fresh, DUE + 1)).toBe(false);
});

it('a new request to this party is spoken once', () => {
  const rows = [row({ to_answer: true }), row({ number: 8 })];
  expect(news(rows, new Set(), RAISED)).toEqual(['Request from KAZ: assistance. Answer due 14:30Z.']);
  expect(news(rows, new Set(['KAZ/7']), RAISED)).toEqual([]);
});

describe('standing in', () => {
  const backUp = (more: Partial<BackUpRow> = {}): BackUpRow => ({
    accord: 'kgz-rus-2022',
    article: '7',
    of: 'KGZ',
    by: ['RUS'],
    area: 'Kant',
    silent_since_ms: RAISED,
    stand_in: null,
    proposed: null,
    needed: 2,
    confirmed: [],
    waits: null,
    ...more,
  });

  it('is proposed in one sentence', () => {
    const words = backUpWords(backUp({ proposed: 'take_over' }), RAISED + 42_000);
    expect(words).toEqual({ words: 'KGZ silent 42 s — take over Kant? kgz-rus-2022 article 7, needs 2 people', tone: 'warning' });
  });

  it('says who stands in, and asks to hand back', () => {
    const stand_in = { party: 'RUS', since_ms: RAISED, by: ['A', 'B'] };
    expect(backUpWords(backUp({ stand_in }), RAISED + 60_000).words).toBe('RUS stands in for KGZ, Kant, since 14:00Z; KGZ silent 60 s');
    const back = backUp({ stand_in, silent_since_ms: null, proposed: 'hand_back' });
    expect(backUpWords(back, RAISED).words).toBe('KGZ is back — hand Kant back? kgz-rus-2022 article 7, needs 2 people');
  });

  it('takes one name once', () => {
    const half = backUp({ proposed: 'take_over', confirmed: ['Aida'] });
    expect(confirmWords(half, ' aida ').problem).toContain('somebody else');
    expect(confirmWords(half, '').problem).toBe('Say who you are.');
    expect(confirmWords(half, 'Nurlan')).toEqual({ missing: 'confirmed by Aida; 1 more person', problem: null });
  });
});

it('a table for a spreadsheet quotes what it must and runs no formula', () => {
  const text = csv([row({ text: '=1+1, "now"', asked: [answered(RAISED + 60_000)], reports: [{ party: 'KGZ', said: { at_ms: DUE, words: 'found', by: 'x' } }] })]);
  const [head, line, end] = text.split('\r\n');
  expect(head!.split(',').length).toBe(16);
  expect(line).toContain('"\'=1+1, ""now"""');
  expect(line).toContain('"KGZ: found"');
  expect(end).toBe('');
});
