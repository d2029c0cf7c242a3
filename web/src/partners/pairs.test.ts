import { describe, expect, it } from 'vitest';
import type { PairRow } from '../generated/wire';
import { description, picture } from '../picture/picture.fixture';
import { PictureStore, applyPicture } from '../picture/store';
import { candidates, isDoubtful, pairLines, pairWords, scoreWords } from './pairs';

const row = (more: Partial<PairRow> = {}): PairRow => ({ party: 'KAZ', theirs: 1187, number: 2390, apart: false, how: 'place', score: 0.98, looks: 50, since_ms: Date.UTC(2026, 0, 1, 14, 2, 7), by: null, why: null, ...more });

describe('a pair', () => {
  it('says which are one, how well they agree, by what and since when', () => {
    expect(pairWords(row())).toBe('TN 2390 = KAZ:1187');
    expect(scoreWords(row())).toBe('0.98 of 50');
    expect(pairLines(row())).toEqual(['by place and course, since 14:02:07Z']);
    expect([0.98, 0.74].map((score) => isDoubtful(row({ score })))).toEqual([false, true]);
  });

  it('of two says who said so and why, and has no score', () => {
    const two = row({ apart: true, how: 'by_hand', score: null, looks: 0, by: 'Aida', why: 'seen on two screens' });
    expect(pairWords(two)).toBe('TN 2390 ≠ KAZ:1187');
    expect(scoreWords(two)).toBeNull();
    expect(pairLines(two)).toEqual(['two, says Aida, since 14:02:07Z', 'seen on two screens']);
    expect(isDoubtful(two)).toBe(false);
  });
});

it('offers what may be one with a track, the nearest first: nothing far, nothing that the partner says of another', () => {
  const told = 2 ** 31 + 7;
  const store = new PictureStore();
  const tracks = [{ number: 1 }, { number: 2, lon: 10.05 }, { number: 3, lon: 10.02 }, { number: told, lon: 10.01 }, { number: told + 1, lon: 10.08 }, { number: told + 2, lon: 12 }];
  const word = (number: number) => [{ party: 'KAZ', number, identity: null }];
  const descriptions = [
    description(1, { callsign: 'KZR1' }),
    description(2),
    description(3, { words: word(40) }),
    description(told, { told: true, words: word(7) }),
    description(told + 1, { told: true, words: word(8) }),
    description(told + 2, { told: true, words: word(9) }),
  ];
  applyPicture(store, picture(0, 1000, tracks, { full: true, descriptions }));
  expect(candidates(store, 1)).toEqual([
    { party: 'KAZ', theirs: 7, number: 1, words: 'KAZ:7 · 0.4 NM' },
    { party: 'KAZ', theirs: 8, number: 1, words: 'KAZ:8 · 3.1 NM' },
  ]);
  // Of the partner's own track: ours, but for the third, which is another of its targets already.
  expect(candidates(store, told).map(({ theirs, number }) => [theirs, number])).toEqual([[7, 1], [7, 2]]);
  expect(candidates(store, 3)).toEqual([]);
  expect(candidates(store, 99)).toEqual([]);
});
