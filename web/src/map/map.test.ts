import { geoCircle, geoDistance } from 'd3-geo';
import { describe, expect, it } from 'vitest';
import { scaleBar } from './ground';
import { destination, distanceNm, graticuleStepDeg, rangeRing, ringStep } from './geometry';
import {
  fitView,
  latDeg,
  lonDeg,
  panBy,
  pxPerNm,
  screenX,
  screenY,
  toWorld,
  viewOf,
  worldX,
  worldY,
  zoomAt,
  type MapView,
} from './projection';
import { ShapeSink, traceShapes } from './shapes';

const VIEW: MapView = { x: 0.5, y: 0.4, worldPx: 4096, widthPx: 800, heightPx: 600 };

describe('projection', () => {
  it.each([
    [0, 0],
    [57.24, 18.85],
    [-33.9, 151.2],
    [78.2, -15.6],
  ])('goes to world units and back at %f, %f', (lat, lon) => {
    expect(latDeg(worldY(lat))).toBeCloseTo(lat, 9);
    expect(lonDeg(worldX(lon))).toBeCloseTo(lon, 9);
  });

  it('leaves what is under the cursor where it is when zooming', () => {
    const before = toWorld(VIEW, 700, 90);
    const after = toWorld(zoomAt(VIEW, 2.3, 700, 90), 700, 90);
    expect(after.x).toBeCloseTo(before.x, 12);
    expect(after.y).toBeCloseTo(before.y, 12);
  });

  it('shows a place beyond the antimeridian on the near side', () => {
    const fiji = viewOf({ lat_deg: -17.7, lon_deg: 179.5, radius_nm: 100 }, 800, 600);
    expect(screenX(fiji, worldX(-179.8))).toBeGreaterThan(screenX(fiji, worldX(179.8)));
  });

  it('pans without end to the east, and stops at the poles', () => {
    let view = VIEW;
    for (let i = 0; i < 50; i += 1) view = panBy(view, -300, 0);
    expect(view.x).toBeGreaterThanOrEqual(0);
    expect(view.x).toBeLessThan(1);
    for (let i = 0; i < 50; i += 1) view = panBy(view, 0, 300);
    expect(toWorld(view, 0, 0).y).toBeGreaterThanOrEqual(-1e-9);
  });

  it('opens so that the radius asked for reaches the nearer edge', () => {
    const view = viewOf({ lat_deg: 34, lon_deg: -118, radius_nm: 60 }, 800, 600);
    expect(pxPerNm(view, 34) * 60).toBeCloseTo(300, 6);
  });

  it('fits a picture astride the antimeridian without showing the whole world', () => {
    const points = [179, -179].map((lon) => ({ x: worldX(lon), y: worldY(10) }));
    const view = fitView(points, 800, 600)!;
    expect(view.worldPx).toBeGreaterThan(50_000);
    expect(fitView([], 800, 600)).toBeNull();
  });
});

describe('geometry', () => {
  it('agrees with d3-geo on where a ring of equal range runs', () => {
    const centre: [number, number] = [18, 57];
    const [ring] = geoCircle().center(centre).radius(3).precision(10)().coordinates;
    for (const [lon, lat] of ring as [number, number][]) {
      expect(distanceNm({ latDeg: 57, lonDeg: 18 }, { latDeg: lat, lonDeg: lon })).toBeCloseTo(180.1, 0);
    }
  });

  it.each([0, 45, 137, 270])('leads as far as asked on bearing %d', (bearing) => {
    const to = destination({ latDeg: -10, lonDeg: 179 }, bearing, 200);
    const radians = geoDistance([179, -10], [to.lonDeg, to.latDeg]);
    expect(radians * (6_371_008.8 / 1852)).toBeCloseTo(200, 6);
  });

  it('closes a ring astride the antimeridian without a jump', () => {
    const ring = rangeRing({ latDeg: 60, lonDeg: 179.9 }, 100);
    for (let i = 1; i < ring.length; i += 1) expect(Math.abs(ring[i]!.x - ring[i - 1]!.x)).toBeLessThan(0.01);
  });

  it('spaces rings and graticule so that they can be told apart', () => {
    expect(ringStep(7.5, 90)).toBe(20);
    // A bar of 100 NM at a pixel a mile, and of 200 km, which are 108 miles.
    expect(scaleBar(1, 140)).toEqual({ words: '100 NM', px: 100 });
    const metric = scaleBar(1, 140, { distance: 'km', height: 'm', speed: 'km/h' });
    expect([metric.words, metric.px.toFixed(1)]).toEqual(['200 km', '108.0']);
    expect((graticuleStepDeg(134_000, 110) * 134_000) / 360).toBeGreaterThanOrEqual(110);
  });
});

describe('traceShapes', () => {
  const trace = (points: [number, number][], view: MapView): string[] => {
    const sink = new ShapeSink();
    points.forEach(([x, y], i) => (i ? sink.lineTo(x, y) : sink.moveTo(x, y)));
    const ops: string[] = [];
    const op =
      (name: string) =>
      (x: number, y: number): void =>
        void ops.push(`${name} ${Math.round(x)} ${Math.round(y)}`);
    traceShapes({ moveTo: op('M'), lineTo: op('L') }, sink.shapes(), view);
    return ops;
  };
  const unit: MapView = { x: 0.5, y: 0.5, worldPx: 1000, widthPx: 100, heightPx: 100 };

  it('draws nothing of a line outside the view', () => {
    expect(trace([[0.1, 0.1], [0.2, 0.2]], unit)).toEqual([]);
  });

  it('cuts short a run beyond one edge, and keeps where it comes back', () => {
    const ops = trace([[0.5, 0.5], [0.8, 0.5], [0.9, 0.6], [0.8, 0.7], [0.5, 0.52]], unit);
    expect(ops).toEqual(['M 50 50', 'L 350 50', 'L 350 250', 'L 50 70']);
  });

  it('keeps the corner of a line that rounds the view, lest land turn to sea', () => {
    // Left, top left, top: no single edge holds all three, so none may be dropped.
    const ops = trace([[0.3, 0.5], [0.3, 0.3], [0.5, 0.3], [0.7, 0.3], [0.7, 0.5], [0.5, 0.5]], unit);
    expect(ops).toContain('L -150 -150');
    expect(ops).toContain('L 250 -150');
  });

  it('merges points nearer than a pixel', () => {
    const near = Array.from({ length: 100 }, (_, i): [number, number] => [0.5 + i * 1e-5, 0.5]);
    expect(trace(near, unit).length).toBeLessThan(5);
  });

  it('places shapes as screenX and screenY do', () => {
    const [first] = trace([[0.52, 0.48], [0.53, 0.48]], unit);
    expect(first).toBe(`M ${Math.round(screenX(unit, 0.52))} ${Math.round(screenY(unit, 0.48))}`);
  });
});
