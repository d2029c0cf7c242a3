import { describe, expect, test } from 'vitest';
import type { RehearsalDone, RehearsedPlace } from '../generated/rehearsal';
import { changeWords, legs, nameOf, verdict } from './rehearsalWords';

const at = (...seconds: number[]): RehearsedPlace[] => seconds.map((s) => ({ time_ms: s * 1000, lat_deg: 0, lon_deg: s }));
const partner = (party: string, counted: [number, number]): RehearsalDone['partners'][number] => ({
  party,
  draft: { objects: 0, updates: 0, fields: 0 },
  current: { objects: 0, updates: 0, fields: 0 },
  released: [],
  withheld: [],
  more: [],
  less: [],
  counted,
});
const done = (pictures: number, ...partners: RehearsalDone['partners']): RehearsalDone => ({ party: 'KGZ', accord: 'kaz-kgz', amends: true, first_ms: 0, last_ms: 1, pictures, partners });

describe('a path', () => {
  test('that is unbroken is one leg', () => expect(legs(at(0, 4, 8, 12))).toHaveLength(1));
  test('is cut where nothing was told for a while', () => {
    expect(legs(at(0, 4, 8, 60, 64)).map((leg) => leg.length)).toEqual([3, 2]);
  });
  test('of one place, and of none', () => expect([legs(at(3)).length, legs([]).length]).toEqual([1, 0]));
});

describe('words', () => {
  test('for a change', () => {
    expect(changeWords({ draft: 5, current: 2 })).toBe('+3');
    expect(changeWords({ draft: 0, current: 2 })).toBe('−2');
    expect(changeWords({ draft: 2, current: 2 })).toBe('same');
  });
  test('name a track as the table does', () => {
    expect(nameOf({ number: 7, callsign: 'KZR1', address: '683001' })).toBe('KZR1');
    expect(nameOf({ number: 7, callsign: null, address: null })).toBe('TN 7');
  });
  test('say who is told more, who less, and when nothing changes', () => {
    expect(verdict(done(9, partner('KAZ', [2, 0]), partner('RUS', [0, 1])))).toBe('The draft tells more to KAZ and less to RUS.');
    expect(verdict(done(9, partner('KAZ', [0, 0])))).toBe('The draft tells everybody just what was told.');
    expect(verdict(done(0))).toBe('Nothing was recorded in that time.');
  });
});
