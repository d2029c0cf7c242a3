// Lines of range and bearing on the map, with their words in the middle.

import type { Measure } from '../measure/measure';
import { lineWords } from '../measure/measure';
import { measureNow } from '../measure/state';
import type { PictureStore } from '../picture/store';
import { FONT, type Palette } from '../theme/theme';
import { screenX, screenY, worldX, worldY, type MapView } from './projection';

const PAD_PX = 3;

export function drawMeasures(pen: CanvasRenderingContext2D, view: MapView, store: PictureStore, measures: readonly Measure[], palette: Palette): void {
  pen.font = `${FONT.labelPx}px ${FONT.mono}`;
  pen.textBaseline = 'alphabetic';
  for (const measure of measures) {
    const now = measureNow(store, measure);
    if (!now) continue;
    const [x0, y0] = [screenX(view, worldX(now.from.lonDeg)), screenY(view, worldY(now.from.latDeg))];
    const [x1, y1] = [screenX(view, worldX(now.to.lonDeg)), screenY(view, worldY(now.to.latDeg))];
    pen.strokeStyle = palette.selection;
    pen.lineWidth = 1;
    pen.setLineDash([2, 4]);
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
    pen.setLineDash([]);
    const words = lineWords(now.found);
    const width = pen.measureText(words).width + 2 * PAD_PX;
    const [left, top] = [Math.round((x0 + x1 - width) / 2), Math.round((y0 + y1) / 2 - FONT.labelLinePx / 2)];
    pen.fillStyle = palette.panel;
    pen.fillRect(left, top, width, FONT.labelLinePx + 2);
    pen.fillStyle = palette.selection;
    pen.fillText(words, left + PAD_PX, top + FONT.labelPx);
  }
}
