import { describe, expect, it } from 'vitest';
import type { AlertMark } from '../generated/wire';
import { PALETTES } from '../theme/theme';
import { claimLines, drawAlertMarks, hatch, markBoxes, onScreen, outlineTitle, pointsOf, sameMarks } from './alertMarks';

const view = { x: 0.5, y: 0.5, worldPx: 1024, widthPx: 800, heightPx: 600 };

const mark = (more: Partial<AlertMark> = {}): AlertMark => ({
  alert: 1,
  severity: 'warning',
  title: 'CLAIMED POSITION DISAGREES WITH MEASURED',
  places: [
    { at: { lat_deg: 43, lon_deg: 75 }, name: 'trusted position', belief: 'trusted' },
    { at: { lat_deg: 43, lon_deg: 75.4 }, name: 'claimed position', belief: 'claimed' },
  ],
  outline: [],
  degraded: null,
  ...more,
});

describe('marks of alerts on the map', () => {
  it('leads from the trusted place to the claimed one', () => {
    expect(claimLines(mark())).toEqual([[{ lat_deg: 43, lon_deg: 75 }, { lat_deg: 43, lon_deg: 75.4 }]]);
    expect(claimLines(mark({ places: [] }))).toEqual([]);
  });

  it('keeps what lies astride the antimeridian together', () => {
    const [a, b] = onScreen(view, [{ lat_deg: 0, lon_deg: 179.9 }, { lat_deg: 0, lon_deg: -179.9 }]);
    expect(b!.x - a!.x).toBeCloseTo((0.2 / 360) * 1024, 6);
    expect(onScreen(view, [])).toEqual([]);
  });

  it('is shown whole, outline and places', () => {
    const corner = { lat_deg: 44, lon_deg: 76 };
    expect(pointsOf(mark({ outline: [corner] }))).toHaveLength(3);
    expect(pointsOf(mark({ places: [] }))).toEqual([]);
  });

  it('keeps labels off its claimed place and off the line to it', () => {
    const near = { ...view, worldPx: 262144 };
    const boxes = markBoxes(near, [mark()]);
    const [from, to] = onScreen(near, [{ lat_deg: 43, lon_deg: 75 }, { lat_deg: 43, lon_deg: 75.4 }]);
    const holds = (x: number, y: number) =>
      boxes.some((box) => x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height);
    expect(holds(to!.x, to!.y)).toBe(true);
    expect(holds((from!.x + to!.x) / 2, to!.y)).toBe(true);
    // The trusted place is its track's, whose label is to be near it.
    expect(holds(from!.x, from!.y)).toBe(false);
    expect(markBoxes(view, [])).toEqual([]);
  });

  it('says as much in a cell as there is room for', () => {
    const cell = (width: number) => [{ x: 100, y: 0 }, { x: 100 + width, y: 0 }, { x: 100 + width, y: 40 }, { x: 100, y: 40 }];
    const title = 'GNSS INTERFERENCE AREA';
    expect(outlineTitle(cell(200), title)).toEqual({ text: title, at: { x: 200, y: 20 } });
    expect(outlineTitle(cell(60), title).text).toBe('GNSS');
    expect(outlineTitle(cell(16), title).text).toBe('GN');
    expect(outlineTitle(cell(6), title).text).toBe('');
    expect(outlineTitle(cell(300), title, [7, 23]).text).toBe(`${title} 7 of 23`);
    expect(outlineTitle(cell(120), title, [7, 23]).text).toBe('GNSS 7 of 23');
    expect(outlineTitle(cell(60), title, [7, 23]).text).toBe('7 of 23');
  });

  it('is hatched in lines that stay within the screen and hang with the cell', () => {
    const cell = [{ x: -50, y: -50 }, { x: 90, y: -50 }, { x: 90, y: 60 }, { x: -50, y: 60 }];
    const lines = hatch(cell, view);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.length).toBeLessThan(20);
    for (const [from, to] of lines) expect([from.y, to.y, to.x - from.x]).toEqual([60, 0, 60]);
    const moved = hatch(cell.map(({ x, y }) => ({ x: x + 4, y })), view);
    expect(((moved[0]![0].x - lines[0]![0].x - 4) / 9) % 1).toBeCloseTo(0);
    expect(hatch(cell.map(({ x, y }) => ({ x: x + 5000, y })), view)).toEqual([]);
  });

  it('is never filled solid where it is an area', () => {
    const filled: string[] = [];
    const pen = new Proxy({} as CanvasRenderingContext2D, { get: (_, name) => () => ({ width: filled.push(String(name)) }), set: () => true });
    const corners = [{ lat_deg: 1, lon_deg: -1 }, { lat_deg: 1, lon_deg: 1 }, { lat_deg: -1, lon_deg: 0 }];
    drawAlertMarks(pen, { ...view, worldPx: 32768 }, [mark({ places: [], outline: corners })], null, PALETTES.dark);
    expect(filled).toContain('clip');
    expect(filled).not.toContain('fill');
  });

  it('is drawn again only where it changed', () => {
    expect(sameMarks([mark()], [mark()])).toBe(true);
    expect(sameMarks([mark()], [mark({ severity: 'caution' })])).toBe(false);
  });
});
