import { describe, expect, it } from 'vitest';
import type { Topology } from 'topojson-specification';
import coarse from 'world-atlas/countries-110m.json?raw';
import middle from 'world-atlas/countries-50m.json?raw';
import fine from 'world-atlas/countries-10m.json?raw';
import { atlasShapes } from './atlasShapes';
import { worldX, worldY } from './projection';
import type { Shapes } from './shapes';

/** Even-odd, as the map fills. */
function inside({ coords, starts }: Shapes, x: number, y: number): boolean {
  let odd = false;
  for (let line = 0; line + 1 < starts.length; line += 1) {
    for (let i = starts[line]!; i + 1 < starts[line + 1]!; i += 1) {
      const [x0, y0, x1, y1] = [coords[2 * i]!, coords[2 * i + 1]!, coords[2 * i + 2]!, coords[2 * i + 3]!];
      if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) odd = !odd;
    }
  }
  return odd;
}

const LEVELS: [string, string][] = [
  ['110m', coarse],
  ['50m', middle],
  ['10m', fine],
];

describe.each(LEVELS)('the map at %s', (_, text) => {
  const shapes = atlasShapes(JSON.parse(text) as Topology);
  it.each([
    ['Los Angeles', 34.05, -118.2, true],
    ['the Pacific', 33, -130, false],
    ['Bishkek', 42.87, 74.6, true],
    ['the Baltic', 57.5, 20, false],
    ['the Indian Ocean', 0, 80, false],
    ['Antarctica', -82, 20, true],
    ['Chukotka, beyond the antimeridian', 67, -175, true],
  ])('has %s right', (_, lat, lon, land) => {
    expect(inside(shapes.land, worldX(lon), worldY(lat))).toBe(land);
  });
});
