// Range and bearing from one end to another, both of which may move: how far, in which direction,
// how long, and how near they come. Pure.

import { t } from '../language/language';
import { distanceNm, initialBearingDeg, type Place } from '../map/geometry';
import { bearing, distance } from '../shell/format';

/** A track, or a place on the ground. */
export type End = { kind: 'track'; number: number } | ({ kind: 'place' } & Place);

export interface Measure {
  id: number;
  from: End;
  to: End;
}

/** Where an end is and how it moves; a place does not. */
export interface Moving extends Place {
  speedKt: number;
  /** Degrees from true north. */
  trackDeg: number;
}

export interface Measured {
  rangeNm: number;
  /** True, from the first end. */
  bearingDeg: number;
  /** Until the first end, flying there at its present speed, arrives; `null`: it does not move. */
  reachS: number | null;
  /** Closest approach, if both go on as now; `null`: they are not closing. */
  closest: { rangeNm: number; inS: number } | null;
}

const STILL_KT = 1;
/** Further ahead than this nobody goes on as now. */
const AHEAD_MAX_S = 3_600;

export function measured(from: Moving, to: Moving): Measured {
  const rangeNm = distanceNm(from, to);
  const bearingDeg = initialBearingDeg(from, to);
  const reachS = from.speedKt > STILL_KT ? (rangeNm / from.speedKt) * 3_600 : null;
  return { rangeNm, bearingDeg, reachS, closest: closest(rangeNm, bearingDeg, from, to) };
}

// On the plane that touches the Earth at the first end: good to some tenths of a NM within 100 NM.
function closest(rangeNm: number, bearingDeg: number, from: Moving, to: Moving): Measured['closest'] {
  const east = (moving: Moving): number => moving.speedKt * Math.sin((moving.trackDeg * Math.PI) / 180);
  const north = (moving: Moving): number => moving.speedKt * Math.cos((moving.trackDeg * Math.PI) / 180);
  const [x, y] = [rangeNm * Math.sin((bearingDeg * Math.PI) / 180), rangeNm * Math.cos((bearingDeg * Math.PI) / 180)];
  const [vx, vy] = [east(to) - east(from), north(to) - north(from)];
  const speed2 = vx * vx + vy * vy;
  if (speed2 < STILL_KT * STILL_KT) return null;
  const hours = -(x * vx + y * vy) / speed2;
  const inS = hours * 3_600;
  if (inS <= 0 || inS > AHEAD_MAX_S) return null;
  return { rangeNm: Math.hypot(x + vx * hours, y + vy * hours), inS };
}

const minutes = (s: number): string => (s < 90 ? `${Math.round(s)} s` : `${Math.round(s / 60)} min`);

/** `076° 83.1 NM · 12 min`, as it stands along the line. */
export function lineWords({ rangeNm, bearingDeg, reachS }: Measured): string {
  const words = `${bearing(bearingDeg)} ${distance(rangeNm)}`;
  return reachS === null || reachS > AHEAD_MAX_S ? words : `${words} · ${minutes(reachS)}`;
}

/** `closest 2.1 NM in 3 min`; `null`: they are not closing. */
export function closestWords({ closest: near }: Measured): string | null {
  return near === null ? null : t`closest ${distance(near.rangeNm)} in ${minutes(near.inS)}`;
}

export const sameEnd = (a: End, b: End): boolean =>
  a.kind === 'track' && b.kind === 'track'
    ? a.number === b.number
    : a.kind === 'place' && b.kind === 'place' && a.latDeg === b.latDeg && a.lonDeg === b.lonDeg;
