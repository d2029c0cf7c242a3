// The selected aircraft after a node has started anew: its track number means another one now, so
// it is found again by its address.

import type { PictureStore } from './store';

/** How long to look for the aircraft; later its return would surprise. */
export const RESUME_MS = 60_000;

export interface Sought {
  address: string;
  untilLocalMs: number;
}

/** What to look for when the node that gave this track its number is gone. */
export function seek(store: PictureStore, selected: number | null, nowMs: number): Sought | null {
  const row = selected === null ? undefined : store.rowOf.get(selected);
  const address = row === undefined ? null : (store.descriptions[row]?.address ?? null);
  return address === null ? null : { address, untilLocalMs: nowMs + RESUME_MS };
}

/** The track that has the address now; `null` while there is none. */
export function found(store: PictureStore, sought: Sought): number | null {
  for (const [number, row] of store.rowOf) {
    if (store.descriptions[row]?.address === sought.address) return number;
  }
  return null;
}
