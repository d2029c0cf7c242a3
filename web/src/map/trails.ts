// Paths over the map that are no track's history: where objects were in a rehearsal.

import { FONT, type Palette } from '../theme/theme';
import { screenX, screenY, type MapView, type Point } from './projection';

export interface Trail {
  /** World points, one list for each unbroken stretch. */
  legs: readonly (readonly Point[])[];
  /** Empty where the map names it already. */
  name: string;
  /** Told by the draft alone, and solid; else told today alone, and dashed. */
  gained: boolean;
  strong: boolean;
}

const NAMED_MAX = 40;

export function drawTrails(pen: CanvasRenderingContext2D, view: MapView, trails: readonly Trail[], palette: Palette): void {
  const anyStrong = trails.some((trail) => trail.strong);
  pen.font = `${FONT.labelPx}px ${FONT.mono}`;
  for (const trail of trails) {
    pen.globalAlpha = trail.strong || !anyStrong ? 1 : 0.45;
    pen.strokeStyle = trail.gained ? palette.caution : palette.advisory;
    pen.fillStyle = pen.strokeStyle;
    pen.lineWidth = trail.strong ? 3 : 1.8;
    pen.setLineDash(trail.gained ? [] : [6, 4]);
    for (const leg of trail.legs) {
      pen.beginPath();
      leg.forEach(({ x, y }, i) => {
        if (i === 0) pen.moveTo(screenX(view, x), screenY(view, y));
        else pen.lineTo(screenX(view, x), screenY(view, y));
      });
      pen.stroke();
      const end = leg.at(-1);
      if (!end) continue;
      pen.beginPath();
      pen.arc(screenX(view, end.x), screenY(view, end.y), trail.strong ? 4 : 2.6, 0, 2 * Math.PI);
      pen.fill();
    }
    const end = trail.legs.at(-1)?.at(-1);
    if (end && (trail.strong || trails.length <= NAMED_MAX)) pen.fillText(trail.name, screenX(view, end.x) + 7, screenY(view, end.y) - 5);
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}
