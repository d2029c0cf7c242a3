// Measured coverage of one sensor on the map: hatched one way where it saw, the other way where tracks
// flew unseen though they should be seen, and the edge of what is predicted as a line.

import type { Palette } from '../theme/theme';
import type { CellMark, CoverOnMap } from '../sensors/cover';
import { screenX, screenY, type MapView, type Point } from './projection';

const HATCH_PX = 9;
const HATCH_ALPHA = 0.55;

export function drawCover(pen: CanvasRenderingContext2D, view: MapView, cover: CoverOnMap, palette: Palette): void {
  const first = cover.corners[0]![0]!;
  const left = screenX(view, first.x);
  const at = ({ x, y }: Point): [number, number] => [left + (x - first.x) * view.worldPx, screenY(view, y)];
  pen.save();
  pen.globalAlpha = HATCH_ALPHA;
  hatch(pen, view, cover, at, 'seen', palette.site);
  hatch(pen, view, cover, at, 'missed', palette.caution);
  pen.globalAlpha = 1;
  pen.strokeStyle = palette.site;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const [from, to] of cover.edges) {
    pen.moveTo(...at(from));
    pen.lineTo(...at(to));
  }
  pen.stroke();
  pen.restore();
}

function hatch(
  pen: CanvasRenderingContext2D,
  view: MapView,
  { corners, sectors, marks }: CoverOnMap,
  at: (point: Point) => [number, number],
  wanted: CellMark,
  ink: string,
): void {
  if (!marks.includes(wanted)) return;
  pen.save();
  pen.beginPath();
  marks.forEach((mark, i) => {
    if (mark !== wanted) return;
    const [ring, sector] = [Math.floor(i / sectors), i % sectors];
    const next = (sector + 1) % sectors;
    const [inner, outer] = [corners[ring]!, corners[ring + 1]!];
    pen.moveTo(...at(inner[sector]!));
    pen.lineTo(...at(outer[sector]!));
    pen.lineTo(...at(outer[next]!));
    pen.lineTo(...at(inner[next]!));
    pen.closePath();
  });
  pen.clip();
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  pen.beginPath();
  const { widthPx, heightPx } = view;
  // Rising to the right where it saw, falling where it did not.
  for (let x = -heightPx; x < widthPx + heightPx; x += HATCH_PX) {
    pen.moveTo(x, wanted === 'seen' ? heightPx : 0);
    pen.lineTo(x + heightPx, wanted === 'seen' ? 0 : heightPx);
  }
  pen.stroke();
  pen.restore();
}
