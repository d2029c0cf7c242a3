// Coast and border lines as flat arrays of world points, and how to draw them: rings outside the
// view are passed over, runs of points outside it are cut short, and points closer than a pixel
// are merged, so a redraw costs what is visible rather than what is known. Pure but for the
// canvas it is given.

import type { MapView } from './projection';

/** Lines or rings: `coords` holds x, y pairs; line i runs from `starts[i]` to `starts[i + 1]`. */
export interface Shapes {
  coords: Float64Array;
  starts: Uint32Array;
  /** x0, y0, x1, y1 of each line. */
  boxes: Float64Array;
}

/** The part of a canvas that drawing lines needs. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** Gathers what d3-geo draws. */
export class ShapeSink implements Pen {
  private readonly points: number[] = [];
  private readonly starts: number[] = [];

  moveTo(x: number, y: number): void {
    this.starts.push(this.points.length / 2);
    this.points.push(x, y);
  }

  lineTo(x: number, y: number): void {
    this.points.push(x, y);
  }

  closePath(): void {
    const start = this.starts.at(-1)! * 2;
    this.points.push(this.points[start]!, this.points[start + 1]!);
  }

  arc(): void {
    // Points are not drawn.
  }

  beginPath(): void {
    // One sink takes one figure.
  }

  shapes(): Shapes {
    const coords = Float64Array.from(this.points);
    const starts = Uint32Array.from([...this.starts, this.points.length / 2]);
    const boxes = new Float64Array((starts.length - 1) * 4);
    for (let i = 0; i + 1 < starts.length; i += 1) {
      boxes.set(boxOf(coords, starts[i]!, starts[i + 1]!), i * 4);
    }
    return { coords, starts, boxes };
  }
}

function boxOf(coords: Float64Array, from: number, to: number): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = from; i < to; i += 1) {
    x0 = Math.min(x0, coords[2 * i]!);
    x1 = Math.max(x1, coords[2 * i]!);
    y0 = Math.min(y0, coords[2 * i + 1]!);
    y1 = Math.max(y1, coords[2 * i + 1]!);
  }
  return [x0, y0, x1, y1];
}

const MERGE_PX = 0.7;
const EDGE_PX = 4;

/** Traces what of the shapes falls in the view, on every copy of the world that the view shows. */
export function traceShapes(pen: Pen, shapes: Shapes, view: MapView): void {
  const halfX = view.widthPx / 2 / view.worldPx;
  const halfY = view.heightPx / 2 / view.worldPx;
  for (let copy = Math.floor(view.x - halfX); copy <= Math.floor(view.x + halfX); copy += 1) {
    for (let line = 0; line + 1 < shapes.starts.length; line += 1) {
      const box = line * 4;
      const outside =
        shapes.boxes[box]! + copy > view.x + halfX ||
        shapes.boxes[box + 2]! + copy < view.x - halfX ||
        shapes.boxes[box + 1]! > view.y + halfY ||
        shapes.boxes[box + 3]! < view.y - halfY;
      if (!outside) traceLine(pen, shapes, line, view, copy);
    }
  }
}

function traceLine(pen: Pen, shapes: Shapes, line: number, view: MapView, copy: number): void {
  const { coords } = shapes;
  const end = shapes.starts[line + 1]!;
  const scale = view.worldPx;
  const dx = view.widthPx / 2 - (view.x - copy) * scale;
  const dy = view.heightPx / 2 - view.y * scale;
  // `beyond`: the edges that every point since the last drawn one lies beyond.
  let [lastX, lastY, beyond] = [Number.NaN, Number.NaN, 0];
  let [heldX, heldY, held] = [0, 0, false];
  for (let i = shapes.starts[line]!; i < end; i += 1) {
    const x = coords[2 * i]! * scale + dx;
    const y = coords[2 * i + 1]! * scale + dy;
    const code = outcode(x, y, view);
    const first = Number.isNaN(lastX);
    if (first) {
      pen.moveTo(x, y);
    } else if ((code & beyond) !== 0 || Math.abs(x - lastX) + Math.abs(y - lastY) < MERGE_PX) {
      // Either still beyond one edge of the view, or too near to see: remember, draw later.
      [heldX, heldY, held] = [x, y, true];
      beyond &= code;
      continue;
    } else {
      if (held) pen.lineTo(heldX, heldY);
      pen.lineTo(x, y);
    }
    held = false;
    [lastX, lastY, beyond] = [x, y, code];
  }
  if (held) pen.lineTo(heldX, heldY);
}

// Which edges of the view a point lies beyond, as bits.
function outcode(x: number, y: number, view: MapView): number {
  let code = 0;
  if (x < -EDGE_PX) code |= 1;
  else if (x > view.widthPx + EDGE_PX) code |= 2;
  if (y < -EDGE_PX) code |= 4;
  else if (y > view.heightPx + EDGE_PX) code |= 8;
  return code;
}
