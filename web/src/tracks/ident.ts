// What a track is called and what its codes say. Pure.

import type { TrackDescription } from '../generated/wire';
import { t } from '../language/language';

/** Numbers from here on are partners' tracks; the node sets the lower 24 bits aside for each one's own number. */
const PARTNERS_FROM = 2 ** 31;

/** `TN 2417`; `PN 31` for the 31st track that a partner told. */
export function trackNumber(number: number): string {
  const [kind, own] = number >= PARTNERS_FROM ? ['PN', number % 2 ** 24] : ['TN', number];
  return `${kind} ${String(own).padStart(4, '0')}`;
}

/** The name operators say: callsign, else Mode A code, else what an unmanned aircraft calls itself, else track number. */
export function ident(description: TrackDescription | null, number: number): string {
  const teller = description?.told ? description.words[0] : undefined;
  const numbered = teller ? `${teller.party}:${teller.number}` : trackNumber(number);
  return description?.callsign?.trim() || description?.squawk || description?.remote_id || numbered;
}

export interface CodeTag {
  tag: 'EM' | 'RF' | 'HJ';
  words: string;
}

const EMERGENCY: Record<string, CodeTag> = {
  '7700': { tag: 'EM', words: t`emergency` },
  '7600': { tag: 'RF', words: t`radio failure` },
  '7500': { tag: 'HJ', words: t`unlawful interference` },
};

/** What one of the three distress codes means; `null` for any other code. */
export const codeTag = (squawk: string | null | undefined): CodeTag | null =>
  (squawk && EMERGENCY[squawk]) || null;

/** Whose a track is where it is not ours: `KAZ`; `▷KAZ` ours and about to be theirs, `◁KAZ` theirs and about to be ours. */
export function ownerTag(description: TrackDescription | null, own: string): string | null {
  const owner = description?.owner ?? null;
  const next = description?.owner_next ?? null;
  if (owner === null) return null;
  if (owner === own) return next === null ? null : `▷${next}`;
  return next === own ? `◁${owner}` : owner;
}

/** The same as a sentence. */
export function ownerWords(description: TrackDescription | null, own: string): string | null {
  const owner = description?.owner ?? null;
  const next = description?.owner_next ?? null;
  if (owner === null) return null;
  const name = (party: string): string => (party === own ? t`${party} (own)` : party);
  return next === null ? name(owner) : t`${name(owner)} → ${name(next)} at the border`;
}

/** How many tracks each party owns, ours first, then the most; those that nobody owns are left out. */
export function ownerCounts(descriptions: Iterable<TrackDescription | null>, own: string): [string, number][] {
  const counts = new Map<string, number>();
  for (const description of descriptions) {
    const owner = description?.owner ?? null;
    if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => Number(b === own) - Number(a === own) || m - n || (a < b ? -1 : 1));
}
