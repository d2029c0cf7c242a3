import { expect, test } from 'vitest';
import { overlap } from './underlay';

const window = (west_deg: number, east_deg: number, south_deg = 39, north_deg = 43) => ({ south_deg, west_deg, north_deg, east_deg });

test('windows that touch or cover each other have a point in common, also over the antimeridian', () => {
  expect(overlap(window(69, 80), window(72, 74))).toBe(true);
  expect(overlap(window(69, 72), window(72.1, 74))).toBe(false);
  expect(overlap(window(69, 80), window(69, 80, 44, 50))).toBe(false);
  expect(overlap(window(175, 190), window(-178, -170))).toBe(true);
  expect(overlap(window(-200, 160), window(72, 74))).toBe(true);
});
