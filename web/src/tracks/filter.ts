// The filter over the picture: which tracks the operator asked for. Tracks it leaves out stay on
// the map, faint; only the table drops them. Pure.

import { TRACK_ON_GROUND, type SourceOfTrack } from '../generated/wire';
import type { PictureStore } from '../picture/store';
import { trackNumber } from './ident';

export interface TrackFilter {
  /** Part of callsign, address, squawk or track number; several words must all match. */
  text: string;
  /** Flight levels, inclusive; `null`: open end. */
  levelMin: number | null;
  levelMax: number | null;
  /** Only tracks that this kind of source holds; `null`: any. */
  source: SourceOfTrack | null;
  /** Only tracks that this sensor ("SAC/SIC") and no other of ours holds; `null`: any. */
  only: string | null;
}

export const NO_FILTER: TrackFilter = { text: '', levelMin: null, levelMax: null, source: null, only: null };

export const isOpen = (filter: TrackFilter): boolean =>
  filter.text.trim() === '' &&
  filter.levelMin === null &&
  filter.levelMax === null &&
  filter.source === null &&
  filter.only === null;

/** A filter with its text split once. */
export type Matcher = (store: PictureStore, row: number) => boolean;

/** `onlyRow`: the row among sensors of the one that `filter.only` names; −1 where there is none such. */
export function matcher(filter: TrackFilter, onlyRow = -1): Matcher {
  const words = filter.text.toUpperCase().split(/\s+/).filter(Boolean);
  return (store, row) =>
    matchesLevel(filter, store, row) &&
    (filter.only === null || (onlyRow >= 0 && store.onlySensor[row] === onlyRow)) &&
    (filter.source === null || (store.descriptions[row]?.sources.includes(filter.source) ?? false)) &&
    (words.length === 0 || matchesText(words, store, row));
}

function matchesLevel(filter: TrackFilter, store: PictureStore, row: number): boolean {
  if (filter.levelMin === null && filter.levelMax === null) return true;
  const onGround = (store.flags[row]! & TRACK_ON_GROUND) !== 0;
  const feet = store.levelFt[row]!;
  // An unknown height is in no band, and the ground is below every level.
  const level = onGround ? 0 : feet / 100;
  return level >= (filter.levelMin ?? -Infinity) && level <= (filter.levelMax ?? Infinity);
}

function matchesText(words: string[], store: PictureStore, row: number): boolean {
  const description = store.descriptions[row];
  const number = store.number[row]!;
  const hay = [
    description?.callsign,
    description?.address,
    description?.remote_id,
    description?.squawk,
    trackNumber(number),
    `TN${number}`,
  ]
    .filter(Boolean)
    .join('\n')
    .toUpperCase();
  return words.every((word) => hay.includes(word));
}
