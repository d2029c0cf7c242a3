import { describe, expect, test } from 'vitest';
import { LAYER_AGAINST, LAYER_GROUND, LAYER_REGION, LAYER_SURE, LAYER_UNKNOWN } from '../generated/coverage';
import { COVER } from '../theme/theme';
import { colourOf, painted, relief, shade } from './paint';

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

test('the relief is grey whatever the light, and nothing where no ground is given', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const dark of [true, false]) {
    const pixels = relief(bytes, dark);
    expect([...pixels.slice(0, 4)]).toEqual([0, 0, 0, 0]);
    for (let i = 1; i < 256; i += 1) {
      const [r, g, b, a] = pixels.slice(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
      expect(a).toBe(255);
      expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(10);
    }
  }
});

test('over the air picture relief is faint, and nothing where no ground is given', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const dark of [true, false]) {
    const alphas = [...shade(bytes, dark)].filter((_, i) => i % 4 === 3);
    expect(alphas[0]).toBe(0);
    expect(Math.max(...alphas)).toBeLessThan(128);
  }
});
