import { describe, expect, it } from 'vitest';
import type { AlertMark } from '../generated/wire';
import { claimLines, onScreen, pointsOf, sameMarks } from './alertMarks';

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

  it('is drawn again only where it changed', () => {
    expect(sameMarks([mark()], [mark()])).toBe(true);
    expect(sameMarks([mark()], [mark({ severity: 'caution' })])).toBe(false);
  });
});
