// Measured coverage of one sensor held against what is predicted: sums by level, and the cells as the
// map draws them. Pure.

import type { Predicted } from '../generated/coverage';
import { PREDICTED_SEEN } from '../generated/coverage';
import { COVER_FLOWN, COVER_SEEN, type CoverBand, type SensorCover } from '../generated/wire';
import { destination } from '../map/geometry';
import { worldX, worldY, type Point } from '../map/projection';

/** Areas of one band, square NM. */
export interface BandSum {
  name: string;
  predicted: number;
  /** Predicted and seen. */
  seen: number;
  /** Predicted and flown in. */
  flown: number;
  /** Seen where nothing is predicted. */
  beyond: number;
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
    const sum: BandSum = { name: bandName(band), predicted: 0, seen: 0, flown: 0, beyond: 0 };
    band.cells.forEach((cell, i) => {
      const area = cellArea(cover, Math.floor(i / cover.sectors));
      const seen = (cell & COVER_SEEN) !== 0;
      if (predicted?.bands[at]?.[i] === PREDICTED_SEEN) {
        sum.predicted += area;
        if (seen) sum.seen += area;
        if ((cell & COVER_FLOWN) !== 0) sum.flown += area;
      } else if (seen) sum.beyond += area;
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
