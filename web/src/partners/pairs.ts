// Which of partners' tracks is one of ours, in words, and which may be. Pure.

import type { PairHow, PairRow } from '../generated/wire';
import { distanceNm } from '../map/geometry';
import type { PictureStore } from '../picture/store';
import { timeZ } from '../shell/format';
import { ident, trackNumber } from '../tracks/ident';
import { t } from '../language/language';

export const HOW_WORDS: Record<PairHow, string> = {
  address: t`by address`,
  code: t`by code`,
  place: t`by place and course`,
  by_hand: t`by hand`,
};

/** `TN 2390 = KAZ:1187`, and of two `TN 2390 ≠ KAZ:1187`. */
export const pairWords = ({ number, apart, party, theirs }: PairRow): string => `${trackNumber(number)} ${apart ? '≠' : '='} ${party}:${theirs}`;

/** How well both agree, `0.98 of 50`; `null`: nothing is known of that yet, or they are two. */
export function scoreWords({ score, looks }: PairRow): string | null {
  return score === null ? null : t`${score.toFixed(2)} of ${looks}`;
}

/** By what and since when; and who said so and why. */
export function pairLines(row: PairRow): string[] {
  const since = row.since_ms === null ? null : t`since ${timeZ(row.since_ms)}`;
  if (row.by === null) return [[HOW_WORDS[row.how], since].filter(Boolean).join(', ')];
  const said = row.apart ? t`two, says ${row.by}` : t`one, says ${row.by}`;
  return [[said, since].filter(Boolean).join(', '), row.why ?? ''].filter(Boolean);
}

/** Below this a pair is worth a look. */
const DOUBTFUL = 0.75;

/** Whether its reports speak against what it is taken to be. */
export const isDoubtful = ({ score, apart }: PairRow): boolean => !apart && score !== null && score < DOUBTFUL;

/** One that may be the same target: a partner's track and one of ours. */
export interface Candidate {
  party: string;
  theirs: number;
  number: number;
  words: string;
}

/** Further off nobody would take them for one, NM; how far they may be the node knows. */
const REACH_NM = 15;
const CANDIDATES_MAX = 12;

/** What a track may be one with, the nearest first: of ours what partners alone tell, of a partner's what is not told
 *  by that partner. */
export function candidates(store: PictureStore, number: number): Candidate[] {
  const row = store.rowOf.get(number);
  if (row === undefined) return [];
  const here = { latDeg: store.latDeg[row]!, lonDeg: store.lonDeg[row]! };
  const own = store.descriptions[row] ?? null;
  const found: (Candidate & { nm: number })[] = [];
  for (const [other, at] of store.rowOf) {
    const description = store.descriptions[at] ?? null;
    if (other === number || (own?.told ?? false) === (description?.told ?? false)) continue;
    const word = (own?.told ? own : description)?.words[0];
    if (!word) continue;
    const nm = distanceNm(here, { latDeg: store.latDeg[at]!, lonDeg: store.lonDeg[at]! });
    // One of ours that this partner tells of already is another of its targets.
    const ours = own?.told ? description : own;
    if (nm > REACH_NM || ours?.words.some((one) => one.party === word.party)) continue;
    found.push({ party: word.party, theirs: word.number, number: own?.told ? other : number, words: `${ident(description, other)} · ${t`${nm.toFixed(1)} NM`}`, nm });
  }
  found.sort((a, b) => a.nm - b.nm || a.theirs - b.theirs);
  return found.slice(0, CANDIDATES_MAX).map(({ nm: _, ...one }) => one);
}
