import { expect, it } from 'vitest';
import type { HeldBack } from '../generated/wire';
import { toldAs, whyHeld } from './beside';

const held: HeldBack = {
  party: 'KAZ',
  time_ms: 0,
  number: [7, 9, 12],
  reason: [1, 0, 1],
  reasons: ['withheld: a caveat forbids it (kaz-kgz article Z1 came nearest)', 'withheld: it is not in the article\'s area'],
  told: [3, 8],
  told_as: [31, 30],
};

it('gives each track that is held back its reason, and each that is told its number there', () => {
  expect([...whyHeld(held)]).toEqual([[7, held.reasons[1]], [9, held.reasons[0]], [12, held.reasons[1]]]);
  expect([3, 8, 7].map((number) => toldAs(held, number))).toEqual([31, 30, null]);
  expect(whyHeld(null).size).toBe(0);
  expect(toldAs(null, 3)).toBeNull();
});
