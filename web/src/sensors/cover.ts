// Measured coverage of one sensor held against what is predicted: sums by level, and the cells as the
// map draws them. Pure.

import type { Predicted } from '../generated/coverage';
import { PREDICTED_SEEN, PREDICTED_UNKNOWN } from '../generated/coverage';
import { COVER_FLOWN, COVER_SEEN, type CoverBand, type SensorCover } from '../generated/wire';
import { t, told } from '../language/language';
import { destination } from '../map/geometry';
import { worldX, worldY, type Point } from '../map/projection';
import { count, timeZ } from '../shell/format';

/** Areas of one band, square NM. */
export interface BandSum {
  name: string;
  predicted: number;
  /** Predicted and seen. */
  seen: number;
  /** Predicted and flown in. */
  flown: number;
  /** Seen where it is predicted not to. */
  beyond: number;
  /** Of which nothing can be predicted: its terrain is not known. */
  unknown: number;
}

/** `GND–FL050`, `FL050–100`, `FL300+` */
export function bandName({ from_fl, to_fl }: CoverBand): string {
  const level = (fl: number): string => String(fl).padStart(3, '0');
  if (to_fl === null) return `FL${level(from_fl)}+`;
  return from_fl === 0 ? `GND–FL${level(to_fl)}` : `FL${level(from_fl)}–${level(to_fl)}`;
}

/** Area of a cell of one ring, square NM: a part of a ring of a disc. */
export function cellArea(cover: SensorCover, ring: number): number {
  const [inner, outer] = [ring * cover.ring_nm, (ring + 1) * cover.ring_nm];
  return (Math.PI * (outer ** 2 - inner ** 2)) / cover.sectors;
}

/** What is seen and predicted by band; where nothing is predicted yet, that is 0 and so is what is seen of it. */
export function bandSums(cover: SensorCover, predicted: Predicted | null): BandSum[] {
  return cover.bands.map((band, at) => {
    const sum: BandSum = { name: bandName(band), predicted: 0, seen: 0, flown: 0, beyond: 0, unknown: 0 };
    band.cells.forEach((cell, i) => {
      const area = cellArea(cover, Math.floor(i / cover.sectors));
      const seen = (cell & COVER_SEEN) !== 0;
      const foreseen = predicted?.bands[at]?.[i];
      if (foreseen === PREDICTED_SEEN) {
        sum.predicted += area;
        if (seen) sum.seen += area;
        if ((cell & COVER_FLOWN) !== 0) sum.flown += area;
      } else if (foreseen === PREDICTED_UNKNOWN) sum.unknown += area;
      else if (seen) sum.beyond += area;
    });
    return sum;
  });
}

/** A share in whole per cent; of nothing there is none. 99.6 is not all. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (100 * part) / whole;
  return `${percent > 99 && percent < 100 ? 99 : percent > 0 && percent < 1 ? '<1' : Math.round(percent)} %`;
}

/** How far cells go, NM: its range, or what stands for one that is not known. */
export const reachNm = (cover: SensorCover): number => cover.range_nm ?? cover.rings * cover.ring_nm;

/** What is predicted, or why it is not; neither: the planner is asked. */
export interface Found {
  told: Predicted | null;
  problem: string | null;
}

/** Since when it is counted, and what the prediction rests on. */
export function basis(cover: SensorCover, found: Found | null, sum: BandSum | undefined, stale: boolean): string {
  const { told: known, problem } = found ?? { told: null, problem: null };
  const [beyond, unknown] = [sum?.beyond ?? 0, sum?.unknown ?? 0];
  return [
    stale ? t`As of ${timeZ(cover.time_ms)}.` : '',
    cover.since_ms === null ? '' : t`Counted since ${timeZ(cover.since_ms)}, an hour at most.`,
    known === null
      ? problem === null
        ? t`The planner is asked what is predicted.`
        : t`Nothing is predicted: ${problem}.`
      : known.round !== null
        ? t`Predicted over a round earth without hills: ${told(known.round)}.`
        : known.site !== null
          ? t`Predicted over terrain, as site ${known.site} of the study.`
          : t`Predicted over terrain, at the place and height known of it.`,
    cover.range_nm === null ? t`Its range is not known: ${count(reachNm(cover))} NM assumed.` : '',
    known && beyond >= 1 ? t`${count(beyond)} NM² seen beyond what is predicted.` : '',
    unknown >= 1 ? t`Of ${count(unknown)} NM² nothing is predicted: the terrain is not known there.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** What a cell is drawn as. */
export type CellMark = 'seen' | 'missed' | null;

export interface CoverOnMap {
  /** Corners of cells, ring by ring from the inside, as world points: x may run past the unit square. */
  corners: readonly (readonly Point[])[];
  sectors: number;
  marks: readonly CellMark[];
  /** Pairs of places in `corners` ([ring, sector] each) between which the edge of what is predicted runs. */
  edges: readonly (readonly [Point, Point])[];
}

/** One band as the map draws it; a place without a site has none. */
export function coverOnMap(cover: SensorCover, predicted: Predicted | null, band: number): CoverOnMap | null {
  const { site_deg, sectors, rings, ring_nm, bands } = cover;
  const cells = bands[band]?.cells;
  if (site_deg === null || rings === 0 || cells === undefined) return null;
  const site = { latDeg: site_deg[0], lonDeg: site_deg[1] };
  const x0 = worldX(site.lonDeg);
  const corner = (ring: number, sector: number): Point => {
    const place = destination(site, (sector * 360) / sectors, ring * ring_nm);
    const x = worldX(place.lonDeg);
    return { x: x - Math.round(x - x0), y: worldY(place.latDeg) };
  };
  const corners = Array.from({ length: rings + 1 }, (_, ring) => Array.from({ length: sectors }, (__, sector) => corner(ring, sector)));
  const foreseen = (ring: number, sector: number): boolean =>
    ring >= 0 && ring < rings && predicted?.bands[band]?.[ring * sectors + ((sector + sectors) % sectors)] === PREDICTED_SEEN;
  const edges: (readonly [Point, Point])[] = [];
  const marks = cells.map((cell, i): CellMark => {
    const [ring, sector] = [Math.floor(i / sectors), i % sectors];
    if (foreseen(ring, sector)) {
      const next = (sector + 1) % sectors;
      const [inner, outer] = [corners[ring]!, corners[ring + 1]!];
      if (!foreseen(ring + 1, sector)) edges.push([outer[sector]!, outer[next]!]);
      if (ring > 0 && !foreseen(ring - 1, sector)) edges.push([inner[sector]!, inner[next]!]);
      if (!foreseen(ring, sector - 1)) edges.push([inner[sector]!, outer[sector]!]);
      if (!foreseen(ring, sector + 1)) edges.push([inner[next]!, outer[next]!]);
    }
    if ((cell & COVER_SEEN) !== 0) return 'seen';
    return (cell & COVER_FLOWN) !== 0 && foreseen(ring, sector) ? 'missed' : null;
  });
  return { corners, sectors, marks, edges };
}
