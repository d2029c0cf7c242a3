// Areas of responsibility and of accords in force as the map draws them, over the airspaces and apart from
// them; and what holds at a place. Pure.

import type { AreaRow } from '../generated/wire';
import type { Place } from './geometry';
import { boundsOf, type Airspace } from './airspaces';
import { latDeg, worldX, worldY, type Point } from './projection';
import { t } from '../language/language';

/** `kaz-kgz §1`, or whose an area of responsibility is. */
export function areaName(row: AreaRow): string {
  if (row.kind === 'responsible') return t`${row.of.join(', ')} responsible`;
  return `${row.accord} §${row.article}`;
}

/** Who tells whom there, or who may stand in for whom. */
export function areaWords(row: AreaRow): string {
  if (row.kind === 'release') return [row.title ?? '', partiesWords(row)].filter(Boolean).join(' · ');
  if (row.kind === 'back_up') return row.stand_in === null ? t`${row.to.join(', ')} may stand in for ${row.of.join(', ')}` : t`${row.stand_in} stands in for ${row.of.join(', ')}`;
  return t`decides who tracks are there`;
}

/** `KAZ ↔ KGZ` where both tell each other. */
function partiesWords({ of, to }: AreaRow): string {
  const both = of.length === to.length && of.every((party) => to.includes(party));
  return both ? of.join(' ↔ ') : `${of.join(', ')} → ${to.join(', ')}`;
}

/** Longitudes that run on over the antimeridian, in world points. */
function worldLine(points: readonly (readonly [number, number])[]): Point[] {
  let before: number | null = null;
  return points.map(([lat, lon]) => {
    const turned: number = before === null ? lon : lon + 360 * Math.round((before - lon) / 360);
    before = turned;
    return { x: worldX(turned), y: worldY(lat) };
  });
}

/** World units of so many NM at a latitude. */
const nmInWorld = (nm: number, lat: number): number => nm / (21_600 * Math.cos((lat * Math.PI) / 180));

/** One for each shape, named once. */
export function areasOnMap(rows: readonly AreaRow[]): Airspace[] {
  return rows.flatMap((row) =>
    row.shapes.map((shape, i): Airspace => {
      const line = worldLine(shape.points);
      const bounds = boundsOf(line);
      const middle = latDeg((bounds.top + bounds.bottom) / 2);
      const reach = shape.within_nm === null ? 0 : nmInWorld(shape.within_nm, middle);
      return {
        name: i === 0 ? areaName(row) : '',
        kind: row.kind,
        limits: i === 0 ? areaWords(row) : '',
        rings: [line],
        bounds: { left: bounds.left - reach, right: bounds.right + reach, top: bounds.top - reach, bottom: bounds.bottom + reach },
        place: -1,
        state: 'always',
        untilMs: null,
        ...(shape.within_nm === null ? {} : { band: reach }),
      };
    }),
  );
}

/** Whether a place is within it: in an odd number of its rings, or near enough to its line. */
export function holds(area: Airspace, place: Place): boolean {
  const y = worldY(place.latDeg);
  return [-1, 0, 1].some((turn) => {
    const x = worldX(place.lonDeg) + turn;
    if (area.band !== undefined) return distanceTo(area.rings[0]!, { x, y }) <= area.band;
    return area.rings.filter((ring) => isInside(ring, x, y)).length % 2 === 1;
  });
}

function isInside(ring: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[i]!, ring[j]!];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

function distanceTo(line: readonly Point[], { x, y }: Point): number {
  const first = line[0]!;
  let nearest = Math.hypot(x - first.x, y - first.y);
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const along = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(x - a.x - along * dx, y - a.y - along * dy));
  }
  return nearest;
}

/** Who identifies, for the bar: whether that is us, and who else is responsible somewhere. */
export function authorityWords(rows: readonly AreaRow[], own: string): string | null {
  const responsible = rows.filter((row) => row.kind === 'responsible');
  if (responsible.length === 0) return null;
  const ours = responsible.filter((row) => row.of.includes(own)).length;
  const others = [...new Set(responsible.flatMap((row) => row.of))].filter((party) => party !== own);
  const standIns = rows.filter((row) => row.stand_in === own).map((row) => t`for ${row.of.join(', ')}`);
  const first = ours === 0 ? [] : [ours === 1 ? t`${own} (own)` : t`${own} (own, ${ours} areas)`];
  return [...first, ...standIns, ...others].join(', ');
}
