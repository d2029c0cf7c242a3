// Lines of range and bearing on the map, with their words in the middle.

import type { Measure } from '../measure/measure';
import { lineWords } from '../measure/measure';
import { measureNow } from '../measure/state';
import type { PictureStore } from '../picture/store';
import { FONT, type Palette } from '../theme/theme';
import type { Box } from './labels';
import { screenX, screenY, worldX, worldY, type MapView, type Point } from './projection';

const PAD_PX = 3;

/** A measure as it lies on the screen. */
export interface DrawnMeasure {
  from: Point;
  to: Point;
  words: string;
  box: Box;
}

/** Where lines and words of measures lie now; those whose track is gone are left out. */
export function layMeasures(view: MapView, store: PictureStore, measures: readonly Measure[], charPx: number): DrawnMeasure[] {
  return measures.flatMap((measure) => {
    const now = measureNow(store, measure);
    if (!now) return [];
    const [from, to] = [now.from, now.to].map((end) => ({ x: screenX(view, worldX(end.lonDeg)), y: screenY(view, worldY(end.latDeg)) })) as [Point, Point];
    const words = lineWords(now.found);
    const width = words.length * charPx + 2 * PAD_PX;
    const height = FONT.labelLinePx + 2;
    return [{ from, to, words, box: { left: Math.round((from.x + to.x - width) / 2), top: Math.round((from.y + to.y - height) / 2), width, height } }];
  });
}

export function drawMeasures(pen: CanvasRenderingContext2D, drawn: readonly DrawnMeasure[], palette: Palette): void {
  pen.textBaseline = 'alphabetic';
  for (const { from, to, words, box } of drawn) {
    pen.strokeStyle = palette.selection;
    pen.lineWidth = 1;
    pen.setLineDash([2, 4]);
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = palette.panel;
    pen.fillRect(box.left, box.top, box.width, box.height);
    pen.fillStyle = palette.selection;
    pen.fillText(words, box.left + PAD_PX, box.top + FONT.labelPx);
  }
}
