// Tracks of ours that a partner is not told, over its view: grey dashed outlines where we have them, and
// of the one that is looked at the rule that holds it.

import type { PictureStore } from '../picture/store';
import { FONT, type Palette } from '../theme/theme';
import { ident } from '../tracks/ident';
import type { Box } from './labels';
import { screenX, screenY, type MapView } from './projection';

export interface HeldScene {
  /** Our own picture. */
  store: PictureStore;
  /** Why each is held, by our number. */
  why: ReadonlyMap<number, string>;
}

const RADIUS_PX = 10;
/** In view up to this many are named. */
const NAMED_MAX = 40;
const COLUMNS = 46;

/** Words in lines no wider than so many columns; a longer word stands alone. */
export function wrapped(words: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Placed {
  number: number;
  row: number;
  x: number;
  y: number;
}

function placed({ store, why }: HeldScene, view: MapView): Placed[] {
  const found: Placed[] = [];
  for (const number of why.keys()) {
    const row = store.rowOf.get(number);
    if (row === undefined) continue;
    const [x, y] = [screenX(view, store.x[row]!), screenY(view, store.y[row]!)];
    if (x < -RADIUS_PX || y < -RADIUS_PX || x > view.widthPx + RADIUS_PX || y > view.heightPx + RADIUS_PX) continue;
    found.push({ number, row, x, y });
  }
  return found;
}

/** The one whose outline is nearest to a pixel and within reach; `null`: none. */
export function pickHeld(held: HeldScene, view: MapView, x: number, y: number, reachPx: number): number | null {
  let [best, bestReach]: [number | null, number] = [null, reachPx];
  for (const one of placed(held, view)) {
    const reach = Math.hypot(one.x - x, one.y - y);
    if (reach < bestReach) [best, bestReach] = [one.number, reach];
  }
  return best;
}

/** `looked` are those whose reason is said: the selected one and the one under the pointer; the others are
 *  `named` where nothing else names them. */
export function drawHeld(pen: CanvasRenderingContext2D, view: MapView, held: HeldScene, { looked, named }: { looked: readonly (number | null)[]; named: boolean }, palette: Palette): Box[] {
  const all = placed(held, view);
  pen.strokeStyle = palette.textMuted;
  pen.lineWidth = 1.5;
  pen.setLineDash([3, 2.5]);
  pen.beginPath();
  for (const { x, y } of all) {
    pen.moveTo(x + RADIUS_PX, y);
    pen.arc(x, y, RADIUS_PX, 0, 2 * Math.PI);
  }
  pen.stroke();
  pen.setLineDash([]);
  pen.font = `${FONT.labelPx}px ${FONT.mono}`;
  const charPx = pen.measureText('0').width;
  const taken: Box[] = [];
  const say = ({ x, y }: Placed, lines: readonly string[], ink: string): void => {
    const width = Math.max(...lines.map((line) => line.length)) * charPx + 6;
    const height = lines.length * FONT.labelLinePx + 4;
    const left = x + RADIUS_PX + 3 + width > view.widthPx ? x - RADIUS_PX - 3 - width : x + RADIUS_PX + 3;
    const box = { left, top: y - 8, width, height };
    if (lines.length === 1 && taken.some((other) => overlaps(other, box))) return;
    taken.push(box);
    pen.fillStyle = palette.labelBack;
    pen.fillRect(box.left, box.top, box.width, box.height);
    pen.fillStyle = ink;
    lines.forEach((line, i) => pen.fillText(line, box.left + 3, box.top + FONT.labelPx + 1 + i * FONT.labelLinePx));
  };
  for (const one of all) {
    if (!looked.includes(one.number)) continue;
    pen.strokeStyle = palette.selection;
    pen.lineWidth = 1.8;
    pen.beginPath();
    pen.arc(one.x, one.y, RADIUS_PX + 3, 0, 2 * Math.PI);
    pen.stroke();
    say(one, [nameOf(held, one), ...wrapped(held.why.get(one.number) ?? '', COLUMNS)], palette.selection);
  }
  if (named && all.length <= NAMED_MAX) for (const one of all) if (!looked.includes(one.number)) say(one, [nameOf(held, one)], palette.textMuted);
  return taken;
}

const nameOf = ({ store }: HeldScene, { number, row }: Placed): string => ident(store.descriptions[row] ?? null, number);

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
