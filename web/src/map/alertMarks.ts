// Where open alerts are that no track shows: a claimed place beside the trusted one, a disturbed
// cell's outline, a sensor, a Remote ID without a track.

import type { AlertMark, AlertPlace, AlertRow, Alerts } from '../generated/wire';
import { t, told } from '../language/language';
import { FONT, type Palette } from '../theme/theme';
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
    if (mark.outline.length > 2) drawOutline(pen, view, mark);
    for (const line of claimLines(mark)) drawLine(pen, onScreen(view, line));
    for (const place of mark.places) {
      const [at] = onScreen(view, [place.at]);
      // The middle of a cell is no place where anything is.
      if (!at || mark.outline.length > 0) continue;
      drawPlace(pen, at, place.belief === 'claimed');
      // The trusted place has its track's label.
      if (place.belief !== 'trusted') {
        pen.fillText(place.belief === 'claimed' ? t`claimed` : told(place.name), at.x + 11, at.y + 3.5);
      }
    }
  }
}

function drawOutline(pen: CanvasRenderingContext2D, view: MapView, mark: AlertMark): void {
  const corners = onScreen(view, mark.outline);
  pen.beginPath();
  corners.forEach(({ x, y }, i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
  pen.globalAlpha = 0.12;
  pen.fill();
  pen.globalAlpha = 1;
  pen.setLineDash([5, 3]);
  pen.stroke();
  pen.setLineDash([]);
  const left = Math.min(...corners.map(({ x }) => x));
  const middle = corners.reduce((sum, { y }) => sum + y, 0) / corners.length;
  pen.fillText(mark.title, left + 12, middle);
}

function drawLine(pen: CanvasRenderingContext2D, points: readonly Point[]): void {
  const [from, to] = points;
  if (!from || !to) return;
  pen.setLineDash([3, 3]);
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
