import { describe, expect, test } from 'vitest';
import { LAYER_AGAINST, LAYER_GROUND, LAYER_REGION, LAYER_SURE, LAYER_UNKNOWN } from '../generated/coverage';
import { COVER } from '../theme/theme';
import { colourOf, painted } from './paint';

const c = COVER.dark;

describe('colours of coverage', () => {
  test('what is surely seen is filled and what may be seen is striped', () => {
    expect(colourOf(1 | LAYER_SURE, 'seen', c, true)).toEqual({ fill: c.seen[0], striped: false });
    expect(colourOf(2, 'seen', c, true)).toEqual({ fill: c.seen[1], striped: true });
    expect(colourOf(7 | LAYER_SURE, 'seen', c, true).fill).toBe(c.seen[2]);
    // While a mast is dragged the surely seen is not known: nothing is striped then.
    expect(colourOf(2, 'seen', c, false).striped).toBe(false);
  });

  test('a gap is one only inside the region and over ground that can be flown over', () => {
    expect(colourOf(LAYER_REGION, 'seen', c, true).fill).toBe(c.gap);
    expect(colourOf(0, 'seen', c, true).fill[3]).toBe(0);
    expect(colourOf(LAYER_REGION | LAYER_GROUND, 'seen', c, true).fill).toBe(c.ground);
    expect(colourOf(LAYER_UNKNOWN, 'seen', c, true).fill).toBe(c.unknown);
  });

  test('a comparison tells gained from lost', () => {
    expect(colourOf(1, 'compare', c, true).fill).toBe(c.gained);
    expect(colourOf(LAYER_AGAINST, 'compare', c, true)).toEqual({ fill: c.lost, striped: true });
    expect(colourOf(1 | LAYER_AGAINST, 'compare', c, true).fill).toBe(c.both);
  });

  test('the lowest level is in bands: FL100 is the top of the second', () => {
    expect(colourOf(20, 'lowest', c, true).fill).toBe(c.lowest[1]);
    expect(colourOf(21, 'lowest', c, true).fill).toBe(c.lowest[2]);
    expect(colourOf(254, 'lowest', c, true).fill).toBe(c.lowest[6]);
    expect(colourOf(255, 'lowest', c, true).fill[3]).toBe(0);
  });

  test('pixels are in the order of a canvas, and stripes thin every other three', () => {
    const pixels = painted(new Uint8Array(12).fill(1), 12, 'seen', c, true);
    const [r, g, b, a] = c.seen[0]!;
    expect([...pixels.slice(0, 4)]).toEqual([r, g, b, a]);
    expect([...pixels.slice(12, 16)]).toEqual([r, g, b, Math.round(a * 0.2)]);
    expect([...pixels.slice(24, 28)]).toEqual([r, g, b, a]);
  });
});
