import { describe, expect, it } from 'vitest';
import { activityWords, airspacesFrom, namePlates as platesAt, styleOf, withTimes, type Airspace } from './airspaces';
import { screenX, screenY, worldX, worldY, type MapView } from './projection';

const view: MapView = { x: worldX(74.5), y: worldY(42.9), worldPx: 65_536, widthPx: 1200, heightPx: 800 };

const square = (name: string, kind: string, lon: number, half: number, limits: object = { lower: 'GND', upper: 'FL120' }) => ({
  type: 'Feature',
  properties: { name, kind, ...limits },
  geometry: { type: 'MultiPolygon', coordinates: [[[[lon - half, 42.9 - half], [lon + half, 42.9 - half], [lon + half, 42.9 + half], [lon - half, 42.9 + half]]]] },
});
const NOW = Date.UTC(2026, 10, 29, 12);
const namePlates = (of: MapView, airspaces: readonly Airspace[]) => platesAt(of, airspaces, NOW);
const told = (...features: unknown[]) => airspacesFrom({ type: 'FeatureCollection', features });

describe('airspaces on the map', () => {
  it('come with the most pressing kinds first, and a border without limits', () => {
    const found = told(square('KGZ', 'territory', 74, 2), square('UCFM CTR', 'ctr', 74.5, 0.2), square('UCP1', 'prohibited', 74.5, 0.1));
    expect(found.map(({ name, limits }) => [name, limits])).toEqual([['UCP1', 'GND–FL120'], ['UCFM CTR', 'GND–FL120'], ['KGZ', '']]);
  });

  it('of what is no airspace give nothing', () => {
    expect(airspacesFrom(null)).toEqual([]);
    expect(told({ type: 'Feature' }, { properties: { name: 'x', kind: 'ctr' }, geometry: null })).toEqual([]);
  });

  it('are named under the middle of their upper edge', () => {
    const [plate] = namePlates(view, told(square('UCP1', 'prohibited', 74.5, 0.3)));
    expect(plate?.lines).toEqual(['UCP1', 'GND–FL120']);
    expect(plate!.box.left + plate!.box.width / 2).toBeCloseTo(screenX(view, worldX(74.5)), 6);
    expect(plate!.box.top).toBeCloseTo(screenY(view, worldY(43.2)) + 3, 6);
  });

  it('leave out the name of the less pressing where two would lie on each other, and of what is too small', () => {
    const names = (...features: unknown[]) => namePlates(view, told(...features)).map(({ lines }) => lines[0]);
    expect(names(square('UCFM CTR', 'ctr', 74.5, 0.3), square('UCP1', 'prohibited', 74.5, 0.3))).toEqual(['UCP1']);
    expect(names(square('UCP1', 'prohibited', 74.5, 0.02))).toEqual([]);
  });

  it('say whether they are active and until when, and what is not active is thin and dashed', () => {
    const until = Date.UTC(2026, 10, 29, 14);
    const [range, tma, ctr] = withTimes(told(square('UCR1', 'restricted', 74.5, 0.3), square('TMA', 'tma', 74.5, 0.4), square('CTR', 'ctr', 74.5, 0.2)), [
      { place: 0, active: false, until_ms: until },
      { place: 1, active: null, until_ms: null },
    ]);
    expect([range, tma, ctr].map((one) => activityWords(one!, NOW))).toEqual(['not active until 14:00Z', 'active by notice', '']);
    expect(platesAt(view, [range!], NOW)[0]?.lines).toEqual(['UCR1', 'GND–FL120', 'not active until 14:00Z']);
    const active = { ...range!, state: 'active' as const, untilMs: until + 86_400_000 };
    expect(activityWords(active, NOW)).toBe('active until 11-30 14:00Z');
    expect(styleOf(active)).toMatchObject({ dash: [], banded: true });
    expect(styleOf(range!).dash.length).toBeGreaterThan(0);
    expect(styleOf(range!).width).toBeLessThan(styleOf(active).width);
    expect(styleOf(ctr!).dash).toEqual([]);
  });

  it('astride the antimeridian hang together', () => {
    const pacific: MapView = { ...view, x: worldX(179.9) };
    const [plate] = namePlates(pacific, told(square('FIR', 'fir', 180, 0.5)));
    const west = namePlates({ ...view, x: worldX(-179.9) }, told(square('FIR', 'fir', 180, 0.5)));
    expect(west).toHaveLength(1);
    expect(plate!.box.left).toBeGreaterThan(500);
    expect(plate!.box.left).toBeLessThan(700);
  });
});
