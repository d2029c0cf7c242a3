import { describe, expect, it } from 'vitest';
import type { TimelineMinute } from '../generated/timeline';
import type { IncidentRow } from '../generated/wire';
import { areaOf, columnsOf, incidentSpans, ticksOf } from './columns';

const MIN = 60_000;
const NOON = Date.UTC(2026, 10, 28, 12);
const minute = (n: number, more: Partial<TimelineMinute> = {}): TimelineMinute => ({ at_ms: NOON + n * MIN, tracks: 10, opened: [0, 0, 0], down: [], ...more });

describe('columns', () => {
  it('end with the one that now lies in, whatever the span', () => {
    for (const [hours, columns] of [[1, 60], [6, 72], [24, 96]] as const) {
      const found = columnsOf([], hours, NOON + 90_000);
      expect(found).toHaveLength(columns);
      expect(found.at(-1)!.fromMs).toBeLessThanOrEqual(NOON + 90_000);
      expect(found.at(-1)!.toMs).toBeGreaterThan(NOON + 90_000);
      expect(found.every((column) => column.tracks === null)).toBe(true);
    }
  });

  it('take the most tracks, the most urgent alert, and every feed once', () => {
    const minutes = [
      minute(0, { tracks: 5, opened: [2, 1, 0], down: ['hill'] }),
      minute(1, { tracks: 9, opened: [0, 0, 1], down: ['hill', 'cape'] }),
      minute(2, { tracks: 7, opened: [4, 0, 0] }),
    ];
    const column = columnsOf(minutes, 6, NOON + 2 * MIN).at(-1)!;
    expect(column).toMatchObject({ tracks: 9, severity: 'warning', opened: 8, down: ['hill', 'cape'] });
  });

  it('leave out minutes before them', () => {
    expect(columnsOf([minute(-61)], 1, NOON).every(({ tracks }) => tracks === null)).toBe(true);
  });
});

describe('incidents', () => {
  const incident = (number: number, from: number, to: number | null): IncidentRow =>
    ({ name: { node: 'XXA', number }, opened_ms: NOON + from * MIN, closed: to === null ? null : { outcome: 'other', by: 'A', at_ms: NOON + to * MIN } }) as IncidentRow;
  const spans = (...rows: IncidentRow[]) =>
    incidentSpans(rows, NOON - 60 * MIN, NOON).map(({ row, fromMs, toMs, lane }) => [row.name.number, (fromMs - NOON) / MIN, (toMs - NOON) / MIN, lane]);

  it('go from their opening to their end, or to now, and no further left than the strip', () => {
    expect(spans(incident(1, -90, -30), incident(2, -20, null))).toEqual([[1, -60, -30, 0], [2, -20, 0, 0]]);
  });

  it('that were over before the strip begins are not in it', () => {
    expect(spans(incident(1, -90, -60))).toEqual([]);
  });

  it('of one time lie side by side, and one too many over the last', () => {
    const rows = [incident(4, -30, null), incident(1, -50, -10), incident(2, -45, -20), incident(3, -40, -5), incident(5, -19, null)];
    expect(spans(...rows).map(([number, , , lane]) => [number, lane])).toEqual([[1, 0], [2, 1], [3, 2], [4, 2], [5, 1]]);
  });
});

describe('the strip', () => {
  it('has round times, at most seven', () => {
    expect(ticksOf(NOON - 59 * MIN, NOON + MIN).map((ms) => new Date(ms).getUTCMinutes())).toEqual([10, 20, 30, 40, 50, 0]);
    for (const hours of [1, 6, 24]) expect(ticksOf(NOON - hours * 60 * MIN, NOON).length).toBeLessThanOrEqual(7);
  });

  it('draws nothing where the node did not run', () => {
    expect(areaOf(columnsOf([], 1, NOON))).toBe('');
    const area = areaOf(columnsOf([minute(0), minute(-1, { tracks: 5 })], 1, NOON));
    expect(area).toBe('M96.67,100V55.00H98.33V100ZM98.33,100V10.00H100.00V100Z');
  });
});
