// Track symbols as small bitmaps: drawn once per kind, state and heading, then written straight
// into the layer's pixels. Without a GPU that is several times cheaper than drawing each.
// Frames are those of APP-6 for air tracks (open at the bottom); a dashed frame is pending, assumed or
// suspect, a dotted hollow one coasts.

import { FRAMES, ICONS } from 'virtual:app6';
import type { Identity } from '../generated/wire';
import { MARK, type Palette } from '../theme/theme';

/** `full`: 16 px frames; `far`: small identity-shaped marks with a heading tick. */
export type Tier = 'full' | 'far';
export type MarkState = 'normal' | 'coasting' | 'ground';
export type Craft = keyof typeof ICONS;

export const HEADINGS = 16;

/** Pixels from this alpha on cover what is under them; fainter ones only fill empty places. */
const OPAQUE_FROM = 150;

/** The pixels of a symbol that are not transparent, relative to its centre. */
export interface Mark {
  dx: Int16Array;
  dy: Int16Array;
  /** As the layer's pixels hold it; the opaque ones first. */
  colour: Int32Array;
  /** How many are opaque. */
  opaque: number;
  /** `dy * stride + dx`, for a layer `stride` pixels wide. */
  offset: Int32Array;
  stride: number;
  /** No pixel is further from the centre than this. */
  reach: number;
}

export interface MarkKind {
  identity: Identity;
  state: MarkState;
  tier: Tier;
  /** Heading in sixteenths of a turn; only far marks show it. */
  heading: number;
  /** Filtered out: drawn faint, never left out. */
  dimmed: boolean;
}

const IDENTITIES: readonly Identity[] = [
  'pending',
  'unknown',
  'assumed_friend',
  'friend',
  'neutral',
  'suspect',
  'hostile',
  'civil',
];
const STATES: readonly MarkState[] = ['normal', 'coasting', 'ground'];

const INDEX = new Map(IDENTITIES.map((identity, i) => [identity, i]));

const keyOf = (kind: MarkKind): number =>
  (((INDEX.get(kind.identity)! * 3 + STATES.indexOf(kind.state)) * 2 + (kind.tier === 'far' ? 1 : 0)) * 2 +
    (kind.dimmed ? 1 : 0)) *
    HEADINGS +
  kind.heading;

/** Bitmaps of one palette and pixel ratio, made when first asked for. */
export class MarkAtlas {
  private readonly marks = new Map<number, Mark>();

  constructor(
    private readonly palette: Palette,
    private readonly ratio: number,
  ) {}

  get(kind: MarkKind): Mark {
    const key = keyOf(kind);
    let mark = this.marks.get(key);
    if (!mark) {
      mark = this.draw(kind);
      this.marks.set(key, mark);
    }
    return mark;
  }

  private draw(kind: MarkKind): Mark {
    const size = Math.ceil(26 * this.ratio) | 1;
    const canvas = document.createElement('canvas');
    canvas.width = size;
    canvas.height = size;
    const pen = canvas.getContext('2d', { willReadFrequently: true })!;
    pen.translate(size / 2, size / 2);
    pen.scale(this.ratio, this.ratio);
    drawMark(pen, kind, this.palette);
    return packed(pen.getImageData(0, 0, size, size).data, size);
  }
}

// Four pixels in five of the square are transparent: keeping the others makes writing a mark cheap.
function packed(rgba: Uint8ClampedArray, size: number): Mark {
  const pixels = new Int32Array(rgba.buffer);
  const alpha = (i: number): number => rgba[i * 4 + 3]!;
  const shown = [...pixels.keys()].filter((i) => alpha(i) > 0);
  const opaque = shown.filter((i) => alpha(i) >= OPAQUE_FROM);
  const kept = [...opaque, ...shown.filter((i) => alpha(i) < OPAQUE_FROM)];
  const half = size >> 1;
  return {
    dx: Int16Array.from(kept, (i) => (i % size) - half),
    dy: Int16Array.from(kept, (i) => Math.floor(i / size) - half),
    colour: Int32Array.from(kept, (i) => pixels[i]!),
    opaque: opaque.length,
    offset: new Int32Array(kept.length),
    stride: 0,
    reach: half,
  };
}

/** Draws a symbol round the origin, with the icon of a craft where it is large enough to be read. */
export function drawMark(pen: CanvasRenderingContext2D, kind: MarkKind, palette: Palette, craft: Craft | null = null): void {
  const { identity } = kind;
  const fill = palette.identity[identity];
  pen.save();
  pen.lineJoin = 'round';
  pen.globalAlpha = kind.dimmed ? 0.22 : kind.state === 'ground' ? 0.62 : 1;
  if (kind.state === 'ground') pen.scale(0.72, 0.72);
  if (kind.tier === 'far' && kind.state !== 'ground') drawTick(pen, kind.heading, palette, fill);
  if (identity === 'civil') drawRing(pen, kind, palette, fill, craft);
  else if (kind.tier === 'far') paint(pen, kind, palette, fill, farShape(identity));
  else {
    paint(pen, kind, palette, fill, app6(FRAMES[identity]));
    if (kind.state !== 'coasting') drawMiddle(pen, palette.markOutline ?? fill, 1.5, craft);
  }
  pen.restore();
}

/** Where it is, or what it is. */
function drawMiddle(pen: CanvasRenderingContext2D, ink: string, radius: number, craft: Craft | null): void {
  pen.fillStyle = ink;
  if (craft) {
    pen.fill(app6(ICONS[craft]));
    return;
  }
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.fill();
}

function drawTick(pen: CanvasRenderingContext2D, heading: number, palette: Palette, fill: string): void {
  const angle = (heading / HEADINGS) * 2 * Math.PI;
  const [sin, cos] = [Math.sin(angle), -Math.cos(angle)];
  const from = MARK.far / 2;
  const to = from + MARK.tick;
  pen.lineWidth = 1.4;
  pen.strokeStyle = palette.markOutline ?? fill;
  pen.beginPath();
  pen.moveTo(sin * from, cos * from);
  pen.lineTo(sin * to, cos * to);
  pen.stroke();
}

// Civil: a ring with its true position in it. On light land the outline carries it.
function drawRing(
  pen: CanvasRenderingContext2D,
  kind: MarkKind,
  palette: Palette,
  fill: string,
  craft: Craft | null,
): void {
  const ink = palette.markOutline ?? fill;
  const radius = (craft ? MARK.frame : MARK.civilRing) / 2;
  const coasting = kind.state === 'coasting';
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  if (palette.markOutline && !coasting) {
    pen.fillStyle = fill;
    pen.fill();
  }
  pen.lineWidth = MARK.stroke;
  pen.strokeStyle = ink;
  pen.setLineDash(coasting ? [1.4, 1.4] : []);
  pen.stroke();
  if (!coasting) drawMiddle(pen, ink, 1.4, craft);
}

function farShape(identity: Identity): Path2D {
  const r = MARK.far / 2;
  const shape = new Path2D();
  if (identity === 'neutral') shape.rect(-r + 0.3, -r + 0.3, 2 * r - 0.6, 2 * r - 0.6);
  else if (identity === 'suspect' || identity === 'hostile') {
    shape.moveTo(0, -r - 1);
    shape.lineTo(r + 1, 0);
    shape.lineTo(0, r + 1);
    shape.lineTo(-r - 1, 0);
    shape.closePath();
  } else shape.arc(0, 0, r, 0, 2 * Math.PI);
  return shape;
}

/** Frames are 110 wide in their square of 200. */
const APP6_PX = MARK.frame / 110;

// Paths are kept where they were first drawn: the browser parses each once.
const paths = new Map<string, Path2D>();
function app6(drawing: string): Path2D {
  let path = paths.get(drawing);
  if (!path) {
    path = new Path2D();
    path.addPath(new Path2D(drawing), new DOMMatrix().scale(APP6_PX).translate(-100, -100));
    paths.set(drawing, path);
  }
  return path;
}

const DASHED: ReadonlySet<Identity> = new Set(['pending', 'assumed_friend', 'suspect']);

function paint(
  pen: CanvasRenderingContext2D,
  kind: MarkKind,
  palette: Palette,
  fill: string,
  shape: Path2D,
): void {
  const coasting = kind.state === 'coasting';
  const solid = kind.tier === 'far';
  if (!coasting) {
    pen.save();
    pen.globalAlpha *= solid ? 0.9 : palette.markOutline ? 0.75 : 0.25;
    pen.fillStyle = fill;
    pen.fill(shape);
    pen.restore();
  }
  pen.lineWidth = solid ? 1.2 : 1.7;
  if (coasting) pen.setLineDash([1.5, 1.8]);
  else if (DASHED.has(kind.identity)) pen.setLineDash([3, 2]);
  pen.strokeStyle = palette.markOutline ?? fill;
  pen.stroke(shape);
  pen.setLineDash([]);
}

/** Writes a mark into pixels `width` wide, its centre at the whole pixel given. */
export function blit(
  target: Int32Array,
  width: number,
  height: number,
  mark: Mark,
  centreX: number,
  centreY: number,
): void {
  if (mark.stride !== width) setStride(mark, width);
  const { reach, colour, offset, opaque } = mark;
  if (centreX < reach || centreX >= width - reach || centreY < reach || centreY >= height - reach) {
    blitClipped(target, width, height, mark, centreX, centreY);
    return;
  }
  const centre = centreY * width + centreX;
  for (let i = 0; i < opaque; i += 1) target[centre + offset[i]!] = colour[i]!;
  for (let i = opaque; i < colour.length; i += 1) {
    const place = centre + offset[i]!;
    if (target[place] === 0) target[place] = colour[i]!;
  }
}

function setStride(mark: Mark, width: number): void {
  mark.stride = width;
  for (let i = 0; i < mark.offset.length; i += 1) mark.offset[i] = mark.dy[i]! * width + mark.dx[i]!;
}

function blitClipped(
  target: Int32Array,
  width: number,
  height: number,
  { dx, dy, colour, opaque }: Mark,
  centreX: number,
  centreY: number,
): void {
  for (let i = 0; i < colour.length; i += 1) {
    const x = centreX + dx[i]!;
    const y = centreY + dy[i]!;
    if (x < 0 || x >= width || y < 0 || y >= height) continue;
    const place = y * width + x;
    if (i < opaque || target[place] === 0) target[place] = colour[i]!;
  }
}
