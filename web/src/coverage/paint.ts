// Bytes of a layer to pixels. What is surely seen is filled, what may be seen is striped: the shape
// says it as well as the colour. Pure.

import { LAYER_AGAINST, LAYER_COUNT, LAYER_GROUND, LAYER_REGION, LAYER_SURE, LAYER_UNKNOWN } from '../generated/coverage';
import type { CoverColours, Rgba } from '../theme/theme';

export type Style = 'seen' | 'lowest' | 'compare';

/** Steps of 500 ft up to which each colour of `lowest` reaches: FL050, 100, 150, 200, 250, 350. */
export const LOWEST_STEPS = [10, 20, 30, 40, 50, 70] as const;

/** What a pixel of a layer says, apart from where it is. */
export function colourOf(byte: number, style: Style, colours: CoverColours, sureKnown: boolean): { fill: Rgba; striped: boolean } {
  if (style === 'lowest') {
    if (byte === 255) return { fill: NOTHING, striped: false };
    const band = LOWEST_STEPS.findIndex((top) => byte <= top);
    return { fill: colours.lowest[band < 0 ? LOWEST_STEPS.length : band]!, striped: false };
  }
  const seen = (byte & LAYER_COUNT) > 0;
  if ((byte & LAYER_UNKNOWN) !== 0) return { fill: colours.unknown, striped: false };
  if (style === 'compare') {
    const before = (byte & LAYER_AGAINST) !== 0;
    if (seen && before) return { fill: colours.both, striped: false };
    if (seen) return { fill: colours.gained, striped: false };
    if (before) return { fill: colours.lost, striped: true };
    return (byte & LAYER_GROUND) !== 0 ? { fill: colours.ground, striped: true } : { fill: NOTHING, striped: false };
  }
  if (seen) {
    const fill = colours.seen[Math.min(byte & LAYER_COUNT, colours.seen.length) - 1]!;
    return { fill, striped: sureKnown && (byte & LAYER_SURE) === 0 };
  }
  if ((byte & LAYER_GROUND) !== 0) return { fill: colours.ground, striped: true };
  return (byte & LAYER_REGION) !== 0 ? { fill: colours.gap, striped: false } : { fill: NOTHING, striped: false };
}

const NOTHING: Rgba = [0, 0, 0, 0];
/** Stripes are so many pixels apart, and half of that wide. */
const STRIPE = 6;

/** Pixels, four bytes each, of `bytes` in lines of `width`. */
export function painted(
  bytes: Uint8Array,
  width: number,
  style: Style,
  colours: CoverColours,
  sureKnown: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(bytes.length * 4);
  const words = new Uint32Array(out.buffer);
  const on = new Uint32Array(256);
  const off = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    const { fill, striped } = colourOf(byte, style, colours, sureKnown);
    on[byte] = word(fill);
    off[byte] = striped ? word([fill[0], fill[1], fill[2], Math.round(fill[3] * 0.2)]) : on[byte]!;
  }
  for (let i = 0; i < bytes.length; i += 1) {
    const x = i % width;
    const y = (i - x) / width;
    const table = (x + y) % STRIPE < STRIPE / 2 ? on : off;
    words[i] = table[bytes[i]!]!;
  }
  return out;
}

// Canvas pixels are red, green, blue, alpha in this order in memory; every browser's machine is little-endian.
const word = ([r, g, b, a]: Rgba): number => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** Relief as a map of its own: slopes to the light are lighter, the others darker. */
export function relief(bytes: Uint8Array, dark: boolean): Uint8ClampedArray<ArrayBuffer> {
  return byByte(bytes, (byte) => {
    const grey = dark ? 14 + byte * 0.5 : 70 + byte * 0.7;
    return [Math.round(grey), Math.round(grey + 3), Math.round(grey + (dark ? 8 : 0)), 255];
  });
}

/** What the planner's relief has for level ground at the sea. */
const LEVEL = 96;

/** The same as light and shade over a map that has its own colours, faint enough to read tracks on. */
export function shade(bytes: Uint8Array, dark: boolean): Uint8ClampedArray<ArrayBuffer> {
  return byByte(bytes, (byte) => {
    if (!dark) return [60, 50, 30, Math.round((255 - byte) * 0.22)];
    if (byte < LEVEL) return [0, 0, 0, Math.round((LEVEL - byte) * 1.1)];
    return [170, 200, 220, Math.round((byte - LEVEL) * 0.3)];
  });
}

/** 0 is where no ground is given: nothing is painted there. */
function byByte(bytes: Uint8Array, colour: (byte: number) => Rgba): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(bytes.length * 4);
  const words = new Uint32Array(out.buffer);
  const table = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte += 1) table[byte] = word(colour(byte));
  for (let i = 0; i < bytes.length; i += 1) words[i] = table[bytes[i]!]!;
  return out;
}
