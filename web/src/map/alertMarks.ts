// Where open alerts are that no track shows: a claimed place beside the trusted one, a disturbed
// cell's outline, a sensor, a Remote ID without a track.

import type { AlertMark, AlertPlace, AlertRow, Alerts } from '../generated/wire';
import { t, told } from '../language/language';
import { FONT, type Palette } from '../theme/theme';
import type { Box } from './labels';
import { screenX, screenY, worldX, worldY, type MapView, type Point } from './projection';

/** Screen points of places one after another: measured from the first, so that what lies astride
 * the antimeridian does not cross the screen. */
export function onScreen(view: MapView, places: readonly AlertPlace[]): Point[] {
  const [first] = places;
  if (!first) return [];
  const from = worldX(first.lon_deg);
  const left = screenX(view, from);
  return places.map((place) => {
    const east = worldX(place.lon_deg) - from;
    return { x: left + (east - Math.round(east)) * view.worldPx, y: screenY(view, worldY(place.lat_deg)) };
  });
}

/** Lines from where a target was measured to where it says that it is. */
export function claimLines(mark: AlertMark): [AlertPlace, AlertPlace][] {
  const trusted = mark.places.find((place) => place.belief === 'trusted');
  const claimed = mark.places.filter((place) => place.belief === 'claimed');
  return trusted ? claimed.map((place) => [trusted.at, place.at]) : [];
}

/** World points that show a mark whole; none where it has no place. */
export function pointsOf(mark: AlertMark): Point[] {
  const places = [...mark.places.map((place) => place.at), ...mark.outline];
  return places.map((place) => ({ x: worldX(place.lon_deg), y: worldY(place.lat_deg) }));
}

/** Where an alert is by itself; none where nothing says it. */
export function placesOf(row: AlertRow, told: Alerts | null): Point[] {
  const mark = told?.marks.find((one) => one.alert === row.id);
  if (mark) return pointsOf(mark);
  return row.at ? [{ x: worldX(row.at.lon_deg), y: worldY(row.at.lat_deg) }] : [];
}

/** Pixels of a character of the marks' words, about. */
const CHAR_PX = 6;
/** Boxes that keep labels off one line, at most. */
const LINE_BOXES = 40;

/** The words at a place that is no track's; none where its track's label speaks. */
function wordsAt(place: AlertMark['places'][number]): string {
  if (place.belief === 'trusted') return '';
  return place.belief === 'claimed' ? t`claimed` : told(place.name);
}

/** What stands in a cell, and its middle: its title, and how many of its aircraft are degraded; of the two what fits,
 *  and else the tag that tracks wear. */
export function outlineTitle(corners: readonly Point[], title: string, degraded: readonly [number, number] | null = null): { text: string; at: Point } {
  const [left, right] = [Math.min(...corners.map(({ x }) => x)), Math.max(...corners.map(({ x }) => x))];
  const middle = corners.reduce((sum, { y }) => sum + y, 0) / corners.length;
  const fits = (text: string) => text.length * CHAR_PX <= (right - left) * 0.86;
  const share = degraded && t`${degraded[0]} of ${degraded[1]}`;
  const ways = share === null ? [title, 'GNSS', 'GN'] : [`${title} ${share}`, `GNSS ${share}`, share, 'GN'];
  return { text: ways.find(fits) ?? '', at: { x: (left + right) / 2, y: middle } };
}

/** Where labels of tracks would hide a mark: its places with their words, its lines, its title. */
export function markBoxes(view: MapView, marks: readonly AlertMark[]): Box[] {
  const boxes: Box[] = [];
  for (const mark of marks) {
    if (mark.outline.length > 2) {
      const { text, at } = outlineTitle(onScreen(view, mark.outline), told(mark.title), mark.degraded);
      const width = text.length * CHAR_PX;
      if (width > 0) boxes.push({ left: at.x - width / 2, top: at.y - 7, width, height: 14 });
      continue;
    }
    for (const place of mark.places) {
      const [at] = onScreen(view, [place.at]);
      const words = wordsAt(place);
      if (at && words !== '') boxes.push({ left: at.x - 8, top: at.y - 8, width: 19 + words.length * CHAR_PX, height: 16 });
    }
    for (const line of claimLines(mark)) {
      const [from, to] = onScreen(view, line);
      if (!from || !to) continue;
      const count = Math.min(LINE_BOXES, Math.floor(Math.hypot(to.x - from.x, to.y - from.y) / 9));
      for (let i = 1; i < count; i += 1) {
        const [x, y] = [from.x + ((to.x - from.x) * i) / count, from.y + ((to.y - from.y) * i) / count];
        boxes.push({ left: x - 4, top: y - 4, width: 8, height: 8 });
      }
    }
  }
  return boxes;
}

/** Whether the same marks stand at the same places. */
export function sameMarks(before: readonly AlertMark[], after: readonly AlertMark[]): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after);
}

/** `chosen` is the alert that is looked at: drawn stronger. */
export function drawAlertMarks(
  pen: CanvasRenderingContext2D,
  view: MapView,
  marks: readonly AlertMark[],
  chosen: number | null,
  palette: Palette,
): void {
  pen.font = `10px ${FONT.text}`;
  pen.textAlign = 'start';
  // The most urgent last, over the others.
  for (const mark of [...marks].reverse()) {
    const ink = palette[mark.severity];
    pen.strokeStyle = ink;
    pen.fillStyle = ink;
    pen.lineWidth = mark.alert === chosen ? 2.4 : 1.3;
    if (mark.outline.length > 2) drawOutline(pen, view, mark, ink, palette.labelBack);
    for (const line of claimLines(mark)) drawLine(pen, onScreen(view, line));
    for (const place of mark.places) {
      const [at] = onScreen(view, [place.at]);
      // The middle of a cell is no place where anything is.
      if (!at || mark.outline.length > 0) continue;
      drawPlace(pen, at, place.belief === 'claimed');
      pen.fillText(wordsAt(place), at.x + 11, at.y + 3.5);
    }
  }
}

/** Pixels between two lines of a hatch. */
const HATCH_PX = 9;

/** Lines rising to the right over what of an area is on the screen: never a solid colour, which would hide what is
 *  under it. They hang together when the map is moved. */
export function hatch(corners: readonly Point[], view: MapView): [Point, Point][] {
  const left = Math.max(0, Math.min(...corners.map(({ x }) => x)));
  const right = Math.min(view.widthPx, Math.max(...corners.map(({ x }) => x)));
  const top = Math.max(0, Math.min(...corners.map(({ y }) => y)));
  const bottom = Math.min(view.heightPx, Math.max(...corners.map(({ y }) => y)));
  const lines: [Point, Point][] = [];
  if (left >= right || top >= bottom) return lines;
  // Counted from the first corner, along which the map moves.
  const { x, y } = corners[0]!;
  const phase = (x + y) % HATCH_PX;
  const first = Math.ceil((left + top - phase) / HATCH_PX) * HATCH_PX + phase;
  for (let sum = first; sum <= right + bottom; sum += HATCH_PX) {
    lines.push([{ x: sum - bottom, y: bottom }, { x: sum - top, y: top }]);
  }
  return lines;
}

function drawOutline(pen: CanvasRenderingContext2D, view: MapView, mark: AlertMark, ink: string, back: string): void {
  const corners = onScreen(view, mark.outline);
  pen.beginPath();
  corners.forEach(({ x, y }, i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
  pen.setLineDash([5, 3]);
  pen.stroke();
  pen.setLineDash([]);
  pen.save();
  pen.clip();
  pen.beginPath();
  for (const [from, to] of hatch(corners, view)) {
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
  }
  pen.lineWidth = 1;
  pen.globalAlpha = 0.45;
  pen.stroke();
  pen.restore();
  const { text, at } = outlineTitle(corners, told(mark.title), mark.degraded);
  if (text === '') return;
  // On a plate of its own: the hatch would run through the words.
  const width = pen.measureText(text).width + 6;
  pen.fillStyle = back;
  pen.fillRect(at.x - width / 2, at.y - 7, width, 14);
  pen.fillStyle = ink;
  pen.textAlign = 'center';
  pen.fillText(text, at.x, at.y + 3.5);
  pen.textAlign = 'start';
}

function drawLine(pen: CanvasRenderingContext2D, points: readonly Point[]): void {
  const [from, to] = points;
  if (!from || !to) return;
  pen.setLineDash([6, 3]);
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
  pen.setLineDash([]);
}

/** Hollow: nothing is known to be there. A claim stands on its corner. */
function drawPlace(pen: CanvasRenderingContext2D, { x, y }: Point, claimed: boolean): void {
  pen.beginPath();
  if (claimed) {
    pen.moveTo(x, y - 7);
    pen.lineTo(x + 7, y);
    pen.lineTo(x, y + 7);
    pen.lineTo(x - 7, y);
    pen.closePath();
  } else {
    pen.arc(x, y, 8, 0, 2 * Math.PI);
  }
  pen.stroke();
}
