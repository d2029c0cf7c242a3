// Measures that lie on the map, as signals: R begins one at the selected track, R on another ends it;
// with the mouse, a click on a track or a place ends it.

import { signal } from '@preact/signals';
import type { PictureStore } from '../picture/store';
import { selected } from '../shell/state';
import { measured, sameEnd, type End, type Measure, type Measured, type Moving } from './measure';

/** More lines than this hide more than they tell. */
const MEASURES_MAX = 6;

export const measures = signal<readonly Measure[]>([]);
/** Where a measure begins that has no end yet. */
export const measuringFrom = signal<End | null>(null);

let next = 1;

/** Begins at an end, or ends there what was begun. */
export function measureAt(end: End): void {
  const from = measuringFrom.value;
  if (from === null) {
    measuringFrom.value = end;
    return;
  }
  measuringFrom.value = null;
  if (sameEnd(from, end)) return;
  measures.value = [...measures.value, { id: next++, from, to: end }].slice(-MEASURES_MAX);
}

/** By keyboard: at the selected track. */
export function measureSelected(): void {
  if (selected.value !== null) measureAt({ kind: 'track', number: selected.value });
  else measuringFrom.value = null;
}

export const dropMeasure = (id: number): void => {
  measures.value = measures.value.filter((one) => one.id !== id);
};

/** Where an end is now; `null`: its track is gone. */
export function whereIs(store: PictureStore, end: End): Moving | null {
  if (end.kind === 'place') return { ...end, speedKt: 0, trackDeg: 0 };
  const row = store.rowOf.get(end.number);
  if (row === undefined) return null;
  return { latDeg: store.latDeg[row]!, lonDeg: store.lonDeg[row]!, speedKt: store.speedKt[row]!, trackDeg: store.trackDeg[row]! };
}

export function measureNow(store: PictureStore, { from, to }: Pick<Measure, 'from' | 'to'>): { from: Moving; to: Moving; found: Measured } | null {
  const [a, b] = [whereIs(store, from), whereIs(store, to)];
  return a && b ? { from: a, to: b, found: measured(a, b) } : null;
}
