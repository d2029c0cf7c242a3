// The rows of the track table: which, and in what order. Pure.

import { TRACK_ON_GROUND } from '../generated/wire';
import type { PictureStore } from '../picture/store';
import type { Matcher } from './filter';

export type SortKey = 'ident' | 'number' | 'address' | 'squawk' | 'level' | 'speed' | 'track' | 'climb' | 'age';

export interface SortOrder {
  key: SortKey;
  descending: boolean;
}

/** Height to sort by: the ground lowest, unknown below it. */
function levelKey(store: PictureStore, row: number): number {
  if ((store.flags[row]! & TRACK_ON_GROUND) !== 0) return -1e5;
  const feet = store.levelFt[row]!;
  return Number.isNaN(feet) ? -1e6 : feet;
}

const NUMERIC: Partial<Record<SortKey, (store: PictureStore, row: number) => number>> = {
  number: (store, row) => store.number[row]!,
  level: levelKey,
  speed: (store, row) => store.speedKt[row]!,
  track: (store, row) => store.trackDeg[row]!,
  climb: (store, row) => (Number.isNaN(store.climbFpm[row]!) ? -1e6 : store.climbFpm[row]!),
  age: (store, row) => store.timeMs - store.updatedMs[row]!,
};

// A space of the highest code point puts the nameless last.
const LAST = '\uffff';

const TEXTUAL: Partial<Record<SortKey, (store: PictureStore, row: number) => string>> = {
  ident: (store, row) => store.descriptions[row]?.callsign || LAST,
  address: (store, row) => store.descriptions[row]?.address || LAST,
  squawk: (store, row) => store.descriptions[row]?.squawk || LAST,
};

/** Store rows that match, sorted; equal ones by track number, so the table does not shuffle. */
export function tableRows(store: PictureStore, matches: Matcher | null, order: SortOrder): Uint32Array {
  const rows: number[] = [];
  for (const row of store.rowOf.values()) if (!matches || matches(store, row)) rows.push(row);
  const sign = order.descending ? -1 : 1;
  const byNumber = (a: number, b: number): number => store.number[a]! - store.number[b]!;
  const numeric = NUMERIC[order.key];
  if (numeric) {
    const keys = new Float64Array(store.capacity);
    for (const row of rows) keys[row] = numeric(store, row);
    rows.sort((a, b) => sign * (keys[a]! - keys[b]!) || byNumber(a, b));
  } else {
    const textual = TEXTUAL[order.key]!;
    const keys: string[] = [];
    for (const row of rows) keys[row] = textual(store, row);
    rows.sort((a, b) => {
      const [left, right] = [keys[a]!, keys[b]!];
      if (left === right) return byNumber(a, b);
      if (left === LAST || right === LAST) return left === LAST ? 1 : -1;
      return left < right ? -sign : sign;
    });
  }
  return Uint32Array.from(rows);
}

/** Which rows of `total` a scrolled viewport needs, with a few to spare on each side. */
export function visibleRange(
  total: number,
  scrollTopPx: number,
  heightPx: number,
  rowPx: number,
): { from: number; to: number } {
  const from = Math.max(0, Math.min(total, Math.floor(scrollTopPx / rowPx)) - 4);
  const to = Math.min(total, Math.ceil((scrollTopPx + heightPx) / rowPx) + 4);
  return { from, to: Math.max(from, to) };
}
