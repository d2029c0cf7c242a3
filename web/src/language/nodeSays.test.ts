import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { heard, speak, told, type Catalogue } from './language';
import { NODE_SAYS } from './nodeSays';
import { keyOfPhrase } from './phrases';
import kk from './kk.json';
import ky from './ky.json';
import ru from './ru.json';
import tg from './tg.json';
import { patternOf, rustFiles, rustSentences, sentencesOfRust } from './rust';

/** Where the node's crates are, beside the console's source; elsewhere the console is built alone. */
const CRATES = join('..', 'crates');

/** Whatever these say of a refusal, a state or a reason can come to a console; of some, from here to there. */
const SOURCES: readonly (string | readonly [file: string, from: string, to: string])[] = [
  'node/src/engine',
  'node/src/http/accord_changes.rs',
  'node/src/http/incidents.rs',
  'node/src/http/ledger.rs',
  'node/src/http/live.rs',
  'node/src/http/people.rs',
  'node/src/http/rehearsal.rs',
  'node/src/accord_changes.rs',
  'node/src/past.rs',
  'node/src/link/socket.rs',
  'node/src/link/tls.rs',
  'node/src/link/worker.rs',
  'node/src/feed/tcp.rs',
  'node/src/coverage/desk.rs',
  'node/src/coverage/http.rs',
  'node/src/coverage/planner.rs',
  'node/src/coverage/wire.rs',
  ['node/src/coverage/files.rs', 'let mut said = summarised', '/// Whether an'],
  ['coverage/src/terrain/assemble.rs', 'pub fn messages', '/// Name of the square'],
  'people/src/accounts.rs',
  'people/src/roles.rs',
  'accord/src/backup.rs',
  'accord/src/decision.rs',
  'accord/src/explain.rs',
  'accord/src/gate.rs',
  'accord/src/identity.rs',
  'accord/src/incident.rs',
  'accord/src/lifecycle.rs',
  'accord/src/policy/mod.rs',
  'accord/src/request.rs',
  'alert/src/board/acts.rs',
  'alert/src/incident/book.rs',
  'alert/src/incident/command.rs',
  'alert/src/incident/exchange.rs',
  'alert/src/incident/kind.rs',
  'alert/src/incident/text.rs',
  'alert/src/rules',
  'link/src/session.rs',
  'picture/src/identity',
  'remote_id/src/judge.rs',
];

/** What of them no console shows as the node said it, and why. */
const NOT_SHOWN: Record<string, readonly string[]> = {
  'parts of a sentence that is there as a whole': [
    '{0} and {1}',
    'or the',
    'in part',
    'towards {0}',
    '{0} towards {1}',
    '; suspended{0} by {1}{2}',
    '; it has a clause that is not understood, and releases nothing',
    '; not yet ratified by {0}',
    '; not yet deposited by {0}',
    ', ends {0}',
    ', term {0} runs until {1}',
    ', without a term',
    'suspended in part',
    '{0} by {1}{2}{3}',
    'ratified by {0}{1}',
    'deposited by {0}{1}',
    'act of renewal{0}',
    'resumed by {0}{1}',
  ],
  'values and units': ['{0} ft/min', '{0} ft', '{0} kt', '{0} km', '{0} min', '{0} to {1}', '{0} for {1}: {2}', 'site {0}', 'above FL410', 'en route', '{0} {1} (limit {2})', 'Remote ID'],
  'kept as a log': [
    'put away',
    'put away; {0} did not acknowledge all that was said',
    '{0} ({1} was told of none under that number)',
    'refused: wrong',
    'refused: {0}',
    'refused: not good',
    'sign in',
    'sign in as {0}',
    'sign out',
    'shut out',
    'let in again',
    'invite as {0}',
    'invite again',
    'make a token for {0} h',
    'give the roles {0}',
    'take up an invitation',
    'become the first administrator',
    'choose a password',
    'shell of {0}',
    'an invitation, whoever it may be for, as nobody is named as long as that',
  ],
  'kinds and outcomes, which the console names itself': [
    'unidentified track',
    'radio failure',
    'unlawful interference',
    'GNSS interference',
    'unmanned aircraft',
    'ended safely',
    'left the area',
    'contact, plan or permission established',
    'service restored',
    'false alert',
    'handled in another incident',
    'passed to another authority',
  ],
  'for programs and for whoever starts the node': [
    '{0}={1}; Path=/; HttpOnly; SameSite=Lax{2}; Max-Age={3}',
    '{0}={1}; Path=/; HttpOnly; SameSite=Strict{2}{3}',
    'attachment; filename="{0}-{1}"',
    'attachment; filename="ledger-{0}"',
    'application/toml; charset=utf-8',
    '{0} is no role; there are {1}',
    'no sign of life',
    'signed out',
    'the console closed',
    'binary only',
    'the console is gone',
    'the console takes nothing',
    'the reader panicked',
    'cannot be read ({0}); put it back from a copy',
    '{0}, accord {1}',
    'accord {0} is there twice; leave one out or give it another id',
    'more than {0} clauses and partners; split the policy',
    "{0}'s authority cannot be used ({1}); get its identity anew",
    'the outbox',
    'the inbox',
    'the ledger',
    'the planner has no threads: {0}',
    'Summit {0} m {1} {2}',
    'there is no cover',
  ],
};

const known = new Set(NODE_SAYS.map(keyOfPhrase));
const aside = new Set(Object.values(NOT_SHOWN).flat());

afterEach(() => speak('en', null));

describe.skipIf(!existsSync(CRATES))('what the node says', () => {
  const said = SOURCES.flatMap((source) => {
    const [path, from, to] = typeof source === 'string' ? [source] : source;
    return rustFiles(join(CRATES, path)).flatMap((file) => rustSentences(file, from, to).map((sentence) => ({ file, sentence })));
  });

  it('is in the catalogues, or no console shows it', () => {
    expect(said.length).toBeGreaterThan(400);
    expect(said.filter(({ sentence }) => !known.has(sentence) && !aside.has(sentence)).map(({ file, sentence }) => `${file}: ${sentence}`)).toEqual([]);
  });

  it('is left out by no line that the node says no more', () => {
    const all = new Set(said.map(({ sentence }) => sentence));
    expect([...aside].filter((sentence) => !all.has(sentence))).toEqual([]);
  });
});

describe('a sentence of the node', () => {
  it('is found in the source as what a person reads, without log lines, notes and tests', () => {
    const found = (text: string): string[] => sentencesOfRust(text);
    expect(found('Err("no offer stands".into())')).toEqual(['no offer stands']);
    expect(found('#[error("{0} holds this incident; \\\n     only a note can be added here")]')).toEqual(['{0} holds this incident; only a note can be added here']);
    expect(found('// "no offer stands"\ntracing::warn!(%error, "the disk is full"); x.expect("it was there");')).toEqual([]);
    expect(found('let a = format!("{a:?} and {{b}} of {c}");\n#[cfg(test)]\nmod tests { const A: &str = "no offer stands"; }')).toEqual(['{0} and {b} of {1}']);
    expect(found('let quote = \'"\'; let key = "incident"; let words = "no such key";')).toEqual(['no such key']);
    expect(patternOf('{} of {len} bytes\\n')).toBe('{0} of {1} bytes');
  });

  it('keeps names, numbers and what people typed, and says the rest in this language', () => {
    speak('ru', ru);
    expect(told('KAZ holds this incident; only a note can be added here')).toBe('инцидент ведёт KAZ; здесь можно добавить только заметку');
    expect(told('closed by Asel: the reason')).toBe('закрыл Asel: the reason');
    expect(told('Asel (Shift lead) approved it already; a second person has to')).toBe('Asel (Shift lead) уже утвердил это; должен утвердить второй человек');
    expect(told('alerts of one incident: 64 is the most; open another incident for the rest')).toBe('оповещения одного инцидента: не больше 64; для остального откройте другой инцидент');
    expect(told('kgz-rus-2022 article 4 does not let the incident out to RUS: a caveat forbids it')).toBe('kgz-rus-2022, статья 4: инцидент нельзя передать RUS: оговорка запрещает');
    expect(told('position: kgz-rus-2022 article 3, position to 1 NM, 60 s late')).toBe('положение: kgz-rus-2022, статья 3, положение с точностью до 1 NM, с задержкой 60 с');
    expect(told('suspended by KAZ; in force since 2023-11-02T00:00:00Z, without a term')).toBe('приостановлено стороной KAZ; действует с 2023-11-02T00:00:00Z, бессрочно');
    expect(told('n42e074: no terrain is given for 12 points of this square; coverage over and behind it is unknown: add its tile')).toMatch(/^n42e074: .*12/);
    expect(told('exponential atmosphere, N0 315')).toMatch(/ 315$/);
    expect(told('to suspend an accord is for the duty officer or the release officer; you are viewer')).toBe(
      'приостановить соглашение: это делает дежурный офицер или офицер по передаче данных; вы — наблюдатель',
    );
  });

  it.each([['ru', ru], ['ky', ky], ['kk', kk], ['tg', tg]] as [Parameters<typeof speak>[0], Catalogue][])('is found as itself with whatever stands in its holes (%s)', (code, catalogue) => {
    speak(code, catalogue);
    // For each mark what may stand there, and what becomes of it.
    const and = catalogue['and'] as string;
    const samples: Record<string, [string, string]> = {
      '': ['Ала Тоо', 'Ала Тоо'],
      '*': ['the reason', told('the reason')],
      '!': ['which part', told('which part')],
      '&': ['A, B and C', `A, B ${and} C`],
      '#': ['-12.5', '-12.5'],
      '^': ['30 km', '30 km'],
      _: ['x-1', 'x-1'],
      '~': ['find', 'find'],
    };
    for (const phrase of NODE_SAYS) {
      const marks = [...phrase.matchAll(/\{(\d+)([*!&_#^~]?)\}/g)].map((hole) => samples[hole[2]!]!);
      const filled = (words: string, which: 0 | 1): string => words.replace(/\{(\d+)[*!&_#^~]?\}/g, (_, at: string) => marks[Number(at)]![which]);
      expect(told(filled(phrase, 0)), phrase).toBe(filled(catalogue[keyOfPhrase(phrase)] as string, 1));
    }
  });

  it('is not mistaken for another where names have several words and reasons are within reasons', () => {
    speak('ru', ru);
    expect(told('withheld: no article is about this kind of object')).toBe('не передаётся: нет статьи об объектах этого рода');
    expect(told('kgz-rus-2022 article 3: suspended by KAZ since 2026-01-01T00:00:00Z')).toBe('kgz-rus-2022, статья 3: приостановлено стороной KAZ с 2026-01-01T00:00:00Z');
    expect(told('No terrain is known: low_slow and minimum_safe_altitude find nothing. Give [coverage] study, or switch them off with [alerts] off')).toMatch(/low_slow и minimum_safe_altitude/);
    expect(told('distance from the receiver 30 km (limit 20 km)')).toBe('расстояние от приёмника 30 km (предел 20 km)');
    expect(told('Kant: lowest elevation -95 is out of range; give -90 to 90')).toBe('Kant: наименьший угол места — -95 вне пределов; задайте от -90 до 90');
    // A button's word is none of the node's.
    expect(told('Set and confirmed')).toBe('Set and confirmed');
    expect(heard('')).toBe('');
  });

  it.skipIf(!existsSync(CRATES))('says why a track is withheld, whatever failed, with the article that came nearest and without', () => {
    speak('ru', ru);
    const conditions = rustSentences(join(CRATES, 'accord/src/decision.rs'));
    expect(conditions.length).toBeGreaterThan(15);
    for (const failed of conditions) {
      expect(told(`withheld: ${failed}`)).toBe(`не передаётся: ${told(failed)}`);
      expect(told(`withheld: ${failed} (kgz-rus-2022 article 3 came nearest)`)).toBe(`не передаётся: ${told(failed)} (ближе всего — kgz-rus-2022, статья 3)`);
    }
  });

  it('of any length costs no time to speak of', () => {
    speak('ru', ru);
    const words = `${': '.repeat(400)}x`;
    expect(told(words)).toBe(words);
  });

  it('that came over HTTP as a sentence is one here', () => {
    speak('ru', ru);
    expect(heard('There is no such incident.')).toBe('Такого инцидента нет.');
    expect(heard('Wrong too often; try again in 30 s.')).toBe('Слишком много ошибок; попробуйте через 30 с.');
  });

  it('that is in no catalogue is English and marked, a person\'s stays as it came', () => {
    speak('ru', ru);
    expect(heard('Device or resource busy (os error 16)')).toBe('[en] Device or resource busy (os error 16)');
    expect(told('no plan, and no reply')).toBe('no plan, and no reply');
    speak('en', null);
    expect(heard('Device or resource busy (os error 16)')).toBe('Device or resource busy (os error 16)');
  });
});
