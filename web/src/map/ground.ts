// What lies under the traffic: sea, land and borders; then graticule, sensor sites and their
// range rings. Neither layer changes with the tracks.

import type { SensorRow } from '../generated/wire';
import { distanceIn, units, type Units } from '../shell/units';
import { FONT, type Palette, type ThemeName } from '../theme/theme';
import type { AtlasShapes } from './atlasShapes';
import { destination, distanceNm, graticuleStepDeg, rangeRing, ringStep } from './geometry';
import type { Box } from './labels';
import { latDeg, lonDeg, pxPerNm, screenX, screenY, toWorld, worldX, worldY, type MapView } from './projection';
import { traceShapes } from './shapes';

/** Drawn on the land, under its lines. */
export interface Underlay {
  draw(pen: CanvasRenderingContext2D, view: MapView, theme: ThemeName): void;
}

export function drawLand(
  pen: CanvasRenderingContext2D,
  view: MapView,
  shapes: AtlasShapes | null,
  palette: Palette,
  under: () => void = () => {},
): void {
  pen.fillStyle = palette.sea;
  pen.fillRect(0, 0, view.widthPx, view.heightPx);
  drawGraticule(pen, view, palette);
  if (!shapes) return;
  pen.beginPath();
  traceShapes(pen, shapes.land, view);
  pen.fillStyle = palette.land;
  pen.fill('evenodd');
  under();
  pen.lineJoin = 'round';
  pen.beginPath();
  traceShapes(pen, shapes.coast, view);
  pen.strokeStyle = palette.coast;
  pen.lineWidth = 1;
  pen.stroke();
  pen.beginPath();
  traceShapes(pen, shapes.borders, view);
  pen.strokeStyle = palette.border;
  pen.setLineDash([6, 3]);
  pen.stroke();
  pen.setLineDash([]);
}

function drawGraticule(pen: CanvasRenderingContext2D, view: MapView, palette: Palette): void {
  const step = graticuleStepDeg(view.worldPx, 110);
  const from = toWorld(view, 0, 0);
  const to = toWorld(view, view.widthPx, view.heightPx);
  pen.strokeStyle = palette.graticule;
  pen.lineWidth = 1;
  pen.beginPath();
  const firstLon = Math.ceil((from.x * 360 - 180) / step);
  const lastLon = Math.floor((to.x * 360 - 180) / step);
  for (let i = firstLon; i <= lastLon; i += 1) {
    const x = Math.round((worldX(i * step) - view.x) * view.worldPx + view.widthPx / 2) + 0.5;
    pen.moveTo(x, 0);
    pen.lineTo(x, view.heightPx);
  }
  for (let i = Math.ceil(latDeg(to.y) / step); i <= Math.floor(latDeg(from.y) / step); i += 1) {
    const y = Math.round(screenY(view, worldY(i * step))) + 0.5;
    pen.moveTo(0, y);
    pen.lineTo(view.widthPx, y);
  }
  pen.stroke();
}

/** A sensor that has a place. */
interface Site {
  name: string;
  kind: string;
  latDeg: number;
  lonDeg: number;
  silent: boolean;
}

/** Sensors that stand at known places; several at one place are one site. */
export function sites(rows: readonly SensorRow[]): Site[] {
  const known = new Map<string, Site>();
  for (const row of rows) {
    if (row.lat_deg === null || row.lon_deg === null) continue;
    const silent = row.health === 'silent' || row.health === 'waiting';
    const key = `${row.lat_deg.toFixed(3)} ${row.lon_deg.toFixed(3)}`;
    const there = known.get(key);
    if (there) there.silent &&= silent;
    else known.set(key, { name: row.name, kind: row.kind, latDeg: row.lat_deg, lonDeg: row.lon_deg, silent });
  }
  return [...known.values()];
}

/** Sites with rings are the few nearest the middle: forty sets of rings hide more than they tell. */
const RINGED_SITES_MAX = 3;
const RING_LEAST_PX = 90;
const RINGS = 4;
/** No ground sensor sees further; on a world map rings would only be in the way. */
const RING_MOST_NM = 500;

export function drawSites(
  pen: CanvasRenderingContext2D,
  view: MapView,
  rows: readonly SensorRow[],
  palette: Palette,
): void {
  const all = sites(rows);
  for (const site of ringed(all, view)) drawRings(pen, view, site, palette);
  for (const site of all) drawSite(pen, view, site, palette);
}

/** Rings that stand at round figures of the unit of distance. */
function ringSteps(view: MapView, site: Site, of: Units = units.value): { nm: number; figure: number } {
  const perNm = distanceIn(1, of);
  const figure = ringStep(pxPerNm(view, site.latDeg) / perNm, RING_LEAST_PX);
  return { nm: figure / perNm, figure };
}

// Sites nearest the middle get rings; one whose rings would tangle with another's gets none.
function ringed(all: readonly Site[], view: MapView): Site[] {
  const middle = { latDeg: latDeg(view.y), lonDeg: lonDeg(view.x) };
  const nearest = [...all].sort((a, b) => distanceNm(middle, a) - distanceNm(middle, b));
  const chosen: Site[] = [];
  for (const site of nearest) {
    const reachNm = RINGS * ringSteps(view, site).nm;
    if (reachNm > RING_MOST_NM * 2) continue;
    if (chosen.every((other) => distanceNm(other, site) > 2 * reachNm)) chosen.push(site);
    if (chosen.length === RINGED_SITES_MAX) break;
  }
  return chosen;
}

/** Where names of sites and rings stand on the screen, so that labels keep off them. */
export function namedBoxes(view: MapView, rows: readonly SensorRow[]): Box[] {
  const all = sites(rows);
  const boxes = all.map((site) => ({
    left: screenX(view, worldX(site.lonDeg)) - 6,
    top: screenY(view, worldY(site.latDeg)) - 7,
    width: 17 + site.name.length * 6.2,
    height: 14,
  }));
  for (const site of ringed(all, view)) {
    const step = ringSteps(view, site).nm;
    for (let ring = 1; ring <= RINGS; ring += 1) {
      const top = destination(site, 0, ring * step);
      const [x, y] = [screenX(view, worldX(top.lonDeg)), screenY(view, worldY(top.latDeg))];
      boxes.push({ left: x - 22, top: y - 6, width: 44, height: 12 });
    }
  }
  return boxes;
}

function drawRings(pen: CanvasRenderingContext2D, view: MapView, site: Site, palette: Palette): void {
  const step = ringSteps(view, site);
  pen.strokeStyle = palette.ring;
  pen.lineWidth = 1;
  pen.font = `10px ${FONT.mono}`;
  pen.textAlign = 'center';
  for (let ring = 1; ring <= RINGS; ring += 1) {
    const points = rangeRing(site, ring * step.nm);
    pen.beginPath();
    points.forEach((point, i) => {
      // Measured from the first point: a ring astride the antimeridian must not cross the screen.
      const x = screenX(view, points[0]!.x) + (point.x - points[0]!.x) * view.worldPx;
      const y = screenY(view, point.y);
      if (i === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    });
    pen.stroke();
    const top = points[0]!;
    const [x, y] = [screenX(view, top.x), screenY(view, top.y)];
    const text = `${ring * step.figure} ${units.value.distance}`;
    const width = pen.measureText(text).width + 6;
    pen.clearRect(x - width / 2, y - 6, width, 12);
    pen.fillStyle = palette.ringText;
    pen.fillText(text, x, y + 3.5);
  }
  pen.textAlign = 'start';
}

function drawSite(pen: CanvasRenderingContext2D, view: MapView, site: Site, palette: Palette): void {
  const x = screenX(view, worldX(site.lonDeg));
  const y = screenY(view, worldY(site.latDeg));
  const ink = site.silent ? palette.caution : palette.site;
  pen.strokeStyle = ink;
  pen.fillStyle = ink;
  pen.lineWidth = 1.4;
  pen.beginPath();
  pen.moveTo(x - 5, y + 5);
  pen.lineTo(x, y - 5);
  pen.lineTo(x + 5, y + 5);
  pen.closePath();
  pen.stroke();
  if (!site.silent) {
    pen.beginPath();
    pen.arc(x, y + 1.5, 1.3, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.font = `10px ${FONT.text}`;
  pen.fillText(site.name, x + 9, y + 5);
}

/** The scale bar: a round figure of the unit of distance and its length in pixels. */
export function scaleBar(perNmPx: number, mostPx: number, of: Units = units.value): { words: string; px: number } {
  const perUnitPx = perNmPx / distanceIn(1, of);
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
  const figure = steps.filter((step) => step * perUnitPx <= mostPx).at(-1) ?? 0.1;
  return { words: `${figure} ${of.distance}`, px: figure * perUnitPx };
}
