// Track symbols as small bitmaps: drawn once per kind, state and heading, then written straight
// into the layer's pixels. Without a GPU that is several times cheaper than drawing each.
// Frames follow APP-6 for air tracks (open at the bottom); a dashed frame is pending, assumed or
// suspect, a dotted hollow one coasts.

import type { Identity } from '../generated/wire';
import { MARK, type Palette } from '../theme/theme';

/** `full`: 16 px frames; `far`: small identity-shaped marks with a heading tick. */
export type Tier = 'full' | 'far';
export type MarkState = 'normal' | 'coasting' | 'ground';

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

/** Draws a symbol round the origin. */
export function drawMark(pen: CanvasRenderingContext2D, kind: MarkKind, palette: Palette): void {
  const fill = palette.identity[kind.identity];
  pen.save();
  pen.lineJoin = 'round';
  pen.globalAlpha = kind.dimmed ? 0.22 : kind.state === 'ground' ? 0.62 : 1;
  if (kind.state === 'ground') pen.scale(0.72, 0.72);
  if (kind.tier === 'far' && kind.state !== 'ground') drawTick(pen, kind.heading, palette, fill);
  if (kind.identity === 'civil') drawRing(pen, kind, palette, fill);
  else if (kind.tier === 'far') drawFar(pen, kind, palette, fill);
  else drawFrame(pen, kind, palette, fill);
  pen.restore();
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
function drawRing(pen: CanvasRenderingContext2D, kind: MarkKind, palette: Palette, fill: string): void {
  const ink = palette.markOutline ?? fill;
  const radius = MARK.civilRing / 2;
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
  if (coasting) return;
  pen.beginPath();
  pen.arc(0, 0, 1.4, 0, 2 * Math.PI);
  pen.fillStyle = ink;
  pen.fill();
}

function drawFar(pen: CanvasRenderingContext2D, kind: MarkKind, palette: Palette, fill: string): void {
  const r = MARK.far / 2;
  pen.beginPath();
  if (kind.identity === 'neutral') pen.rect(-r + 0.3, -r + 0.3, 2 * r - 0.6, 2 * r - 0.6);
  else if (kind.identity === 'suspect' || kind.identity === 'hostile') {
    pen.moveTo(0, -r - 1);
    pen.lineTo(r + 1, 0);
    pen.lineTo(0, r + 1);
    pen.lineTo(-r - 1, 0);
    pen.closePath();
  } else pen.arc(0, 0, r, 0, 2 * Math.PI);
  paint(pen, kind, palette, fill, true);
}

function drawFrame(pen: CanvasRenderingContext2D, kind: MarkKind, palette: Palette, fill: string): void {
  traceFrame(pen, kind.identity);
  paint(pen, kind, palette, fill, false);
  pen.setLineDash([]);
  if (kind.state === 'coasting') return;
  pen.beginPath();
  pen.arc(0, 0, 1.5, 0, 2 * Math.PI);
  pen.fillStyle = palette.markOutline ?? fill;
  pen.fill();
}

// Half width and half height 8, the origin at the true position.
function traceFrame(pen: CanvasRenderingContext2D, identity: Identity): void {
  const r = MARK.frame / 2;
  pen.beginPath();
  switch (identity) {
    case 'friend':
    case 'assumed_friend':
      pen.moveTo(-r, r - 1);
      pen.lineTo(-r, 0);
      pen.arc(0, 0, r, Math.PI, 0);
      pen.lineTo(r, r - 1);
      return;
    case 'neutral':
      pen.moveTo(-r, r - 1);
      pen.lineTo(-r, -r + 1);
      pen.lineTo(r, -r + 1);
      pen.lineTo(r, r - 1);
      return;
    case 'suspect':
    case 'hostile':
      pen.moveTo(-r, r - 1);
      pen.lineTo(-r, -1.5);
      pen.lineTo(0, -r - 1);
      pen.lineTo(r, -1.5);
      pen.lineTo(r, r - 1);
      return;
    default:
      pen.moveTo(-r + 2.5, r - 1.5);
      pen.arc(-r + 2.6, 1.6, 4.2, 0.6 * Math.PI, 1.45 * Math.PI);
      pen.arc(0, -3.4, 4.9, 1.08 * Math.PI, -0.08 * Math.PI);
      pen.arc(r - 2.6, 1.6, 4.2, 1.55 * Math.PI, 0.4 * Math.PI);
      pen.lineTo(r - 2.5, r - 1.5);
  }
}

const DASHED: ReadonlySet<Identity> = new Set(['pending', 'assumed_friend', 'suspect']);

function paint(
  pen: CanvasRenderingContext2D,
  kind: MarkKind,
  palette: Palette,
  fill: string,
  solid: boolean,
): void {
  const coasting = kind.state === 'coasting';
  if (!coasting) {
    pen.save();
    pen.globalAlpha *= solid ? 0.9 : palette.markOutline ? 0.75 : 0.25;
    pen.fillStyle = fill;
    pen.fill();
    pen.restore();
  }
  pen.lineWidth = solid ? 1.2 : 1.7;
  if (coasting) pen.setLineDash([1.5, 1.8]);
  else if (DASHED.has(kind.identity)) pen.setLineDash([3, 2]);
  pen.strokeStyle = palette.markOutline ?? fill;
  pen.stroke();
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
