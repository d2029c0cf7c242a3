// Figures on the sphere: where a bearing and distance lead, and range rings. Range rings and
// scale bars are drawn for reading, not for measuring, so a sphere is enough. Pure.

import { NM_M, worldX, worldY, type Point } from './projection';

const EARTH_RADIUS_NM = 6_371_008.8 / NM_M;
const RAD = Math.PI / 180;

export interface Place {
  latDeg: number;
  lonDeg: number;
}

/** The place `distanceNm` from `from` along the great circle that starts at `bearingDeg`. */
export function destination(from: Place, bearingDeg: number, distanceNm: number): Place {
  const d = distanceNm / EARTH_RADIUS_NM;
  const lat = from.latDeg * RAD;
  const bearing = bearingDeg * RAD;
  const sinLat = Math.sin(lat) * Math.cos(d) + Math.cos(lat) * Math.sin(d) * Math.cos(bearing);
  const east = Math.sin(bearing) * Math.sin(d) * Math.cos(lat);
  const lon = from.lonDeg + Math.atan2(east, Math.cos(d) - Math.sin(lat) * sinLat) / RAD;
  return { latDeg: Math.asin(sinLat) / RAD, lonDeg: ((lon + 540) % 360) - 180 };
}

/** Great-circle distance, NM. */
export function distanceNm(a: Place, b: Place): number {
  const dLat = (b.latDeg - a.latDeg) * RAD;
  const dLon = (b.lonDeg - a.lonDeg) * RAD;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.latDeg * RAD) * Math.cos(b.latDeg * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_NM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Direction of the great circle from `a` to `b` at its start, degrees from true north, 0 to 360. */
export function initialBearingDeg(a: Place, b: Place): number {
  const dLon = (b.lonDeg - a.lonDeg) * RAD;
  const [lat1, lat2] = [a.latDeg * RAD, b.latDeg * RAD];
  const east = Math.sin(dLon) * Math.cos(lat2);
  const north = Math.cos(lat1) * Math.sin(lat2) - Math.sin(lat1) * Math.cos(lat2) * Math.cos(dLon);
  return (Math.atan2(east, north) / RAD + 360) % 360;
}

/** A ring of equal range as world points; x may run past the unit square so the ring is whole. */
export function rangeRing(site: Place, radiusNm: number, steps = 96): Point[] {
  const x0 = worldX(site.lonDeg);
  const ring: Point[] = [];
  for (let i = 0; i <= steps; i += 1) {
    const place = destination(site, (i * 360) / steps, radiusNm);
    const x = worldX(place.lonDeg);
    ring.push({ x: x - Math.round(x - x0), y: worldY(place.latDeg) });
  }
  return ring;
}

const NICE = [1, 2, 5];

/** The largest 1, 2 or 5 × 10ⁿ that is not above `limit`. */
export function niceBelow(limit: number): number {
  const decade = 10 ** Math.floor(Math.log10(limit));
  let best = decade;
  for (const step of NICE) if (step * decade <= limit) best = step * decade;
  return best;
}

/** Spacing of range rings, in units of `pxPerUnit` pixels, that leaves them at least `leastPx` apart. */
export function ringStep(pxPerUnit: number, leastPx: number): number {
  const steps = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500];
  return steps.find((step) => step * pxPerUnit >= leastPx) ?? 1000;
}

/** Spacing of the graticule in degrees that leaves lines at least `leastPx` apart. */
export function graticuleStepDeg(worldPx: number, leastPx: number): number {
  const steps = [1 / 12, 1 / 6, 0.25, 0.5, 1, 2, 5, 10, 15, 30];
  return steps.find((step) => (step * worldPx) / 360 >= leastPx) ?? 45;
}
