// Beside a partner's view: why each track of ours that it is not told is held back, and under which number
// it knows the others. Pure.

import type { HeldBack } from '../generated/wire';

/** Why each is held, by our number. */
export function whyHeld(held: HeldBack | null): ReadonlyMap<number, string> {
  const why = new Map<number, string>();
  held?.number.forEach((number, i) => why.set(number, held.reasons[held.reason[i]!] ?? ''));
  return why;
}

/** The number that the partner is told one of our tracks under; `null`: it is not told it. */
export function toldAs(held: HeldBack | null, number: number): number | null {
  const at = held?.told.indexOf(number) ?? -1;
  return at < 0 ? null : held!.told_as[at]!;
}
