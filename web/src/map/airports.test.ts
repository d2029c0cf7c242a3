import { describe, expect, test } from 'vitest';
import { inView, read } from './airports';
import { worldX, worldY, type MapView } from './projection';
import rows from './airports.json';

const all = read(rows);
const bishkek = { lat: 43.061, lon: 74.478 };
const view = (worldPx: number): MapView => ({
  x: worldX(bishkek.lon),
  y: worldY(bishkek.lat),
  worldPx,
  widthPx: 800,
  heightPx: 600,
});

describe('airports', () => {
  test('Manas stands where its aerodrome reference point is', () => {
    const manas = all.find((airport) => airport.icao === 'UCFM');
    expect(manas).toBeDefined();
    expect(manas!.x).toBeCloseTo(worldX(bishkek.lon), 4);
    expect(manas!.y).toBeCloseTo(worldY(bishkek.lat), 4);
  });

  test('a region shows its own and no two crowd each other', () => {
    const shown = inView(view(60_000), all);
    expect(shown.map((airport) => airport.icao)).toContain('UCFM');
    expect(shown.length).toBeLessThan(100);
    for (const airport of shown) {
      expect(airport.x).toBeGreaterThanOrEqual(0);
      expect(airport.x).toBeLessThanOrEqual(800);
    }
  });

  test('a world map shows none', () => {
    expect(inView(view(2_000), all)).toEqual([]);
  });

  test('the choice holds while the map is panned', () => {
    const here = view(60_000);
    const there = { ...here, x: here.x + 100 / here.worldPx };
    const moved = new Set(inView(there, all).map((airport) => airport.icao));
    const still = inView(here, all).filter(({ x }) => x > 150 && x < 700);
    for (const { icao } of still) expect(moved).toContain(icao);
  });

  test('a row of another form is left out', () => {
    expect(read([['UCFM', 43, 74], ['x', null, 1], 'y', [1, 2, 3]]).map((a) => a.icao)).toEqual(['UCFM']);
    expect(read({ no: 'list' })).toEqual([]);
  });
});
