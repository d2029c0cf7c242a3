import { describe, expect, it } from 'vitest';
import { closestWords, lineWords, measured, type Moving } from './measure';

const at = (latDeg: number, lonDeg: number, speedKt = 0, trackDeg = 0): Moving => ({ latDeg, lonDeg, speedKt, trackDeg });

describe('range and bearing', () => {
  it('a degree north is sixty miles on 360', () => {
    const found = measured(at(42, 74), at(43, 74));
    expect(found.rangeNm).toBeCloseTo(60.04, 1);
    expect(lineWords(found)).toBe('360° 60.0 NM');
  });

  it('tells the initial bearing of the great circle, as the formulary of great circles has it', () => {
    // Los Angeles to New York: 66° at the start, 2,144 NM (Williams, Aviation Formulary, examples).
    const found = measured(at(33.95, -118.4), at(40.633333, -73.783333));
    expect(found.bearingDeg).toBeCloseTo(66, 0);
    expect(Math.abs(found.rangeNm - 2_144)).toBeLessThan(3);
  });

  it('tells how long the first end takes at its present speed', () => {
    expect(lineWords(measured(at(42, 74, 300), at(43, 74)))).toBe('360° 60.0 NM · 12 min');
  });
});

describe('closest approach', () => {
  it('of two that meet head on is nothing, in half the time', () => {
    const near = measured(at(42, 74, 240, 0), at(42.5, 74, 240, 180)).closest!;
    expect(near.rangeNm).toBeLessThan(0.05);
    expect(near.inS).toBeCloseTo((30.02 / 480) * 3_600, 0);
  });

  it('agrees with small steps of both', () => {
    const from = at(42, 74, 420, 70);
    const to = at(42.3, 74.2, 180, 160);
    const near = measured(from, to).closest!;
    let [least, when] = [Infinity, 0];
    const step = (one: Moving, s: number): Moving => {
      const nm = (one.speedKt * s) / 3_600;
      const lat = one.latDeg + (nm * Math.cos((one.trackDeg * Math.PI) / 180)) / 60.04;
      const east = (nm * Math.sin((one.trackDeg * Math.PI) / 180)) / 60.04 / Math.cos((42.15 * Math.PI) / 180);
      return { ...one, latDeg: lat, lonDeg: one.lonDeg + east };
    };
    for (let s = 0; s < 600; s += 1) {
      const range = measured(step(from, s), step(to, s)).rangeNm;
      if (range < least) [least, when] = [range, s];
    }
    expect(Math.abs(near.rangeNm - least)).toBeLessThan(0.2);
    expect(Math.abs(near.inS - when)).toBeLessThan(8);
  });

  it('is not told of those that draw apart, or go alike', () => {
    expect(closestWords(measured(at(42, 74, 240, 180), at(42.5, 74, 240, 0)))).toBeNull();
    expect(closestWords(measured(at(42, 74, 240, 90), at(42.5, 74, 240, 90)))).toBeNull();
  });
});
