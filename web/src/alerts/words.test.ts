import { describe, expect, it } from 'vitest';
import type { AlertRow, Alerts } from '../generated/wire';
import { placesOf } from '../map/alertMarks';
import { TONES, gainOf, soundOf } from './sound';
import { nextAfter, openCounts, span, spokenOf, whenWords } from './words';

const row = (id: number, more: Partial<AlertRow> = {}): AlertRow => ({
  id,
  rule: 'border_predicted',
  title: 'BORDER CROSSING',
  severity: 'warning',
  state: 'new',
  tracks: [7],
  about: null,
  at: null,
  predicted_ms: null,
  opened_ms: 0,
  ended_ms: null,
  ended_for: null,
  acknowledged: null,
  muted: null,
  incident: null,
  facts: [],
  cat004: null,
  kind: 'border',
  ...more,
});

const list = (rows: AlertRow[], open: [number, number, number] = [0, 0, rows.length]): Alerts => ({
  time_ms: 0,
  rows,
  from: 0,
  total: rows.length,
  open,
  unacknowledged: rows.length,
  unable: [],
  of_partners: [],
  of_partners_more: 0,
  marks: [],
});

describe('the alert list', () => {
  it('counts open alerts, most urgent first, and says nothing of none', () => {
    expect(openCounts(list([], [2, 0, 1])).map(({ words }) => words)).toEqual(['1 warning', '2 advisories']);
    expect(openCounts(list([], [0, 1, 0])).map(({ words }) => words)).toEqual(['1 caution']);
  });

  it('says how long it is until what it warns of, or since when it stands', () => {
    expect(whenWords(row(1, { predicted_ms: 130_000 }), 0)).toBe('in 2 min 10 s');
    expect(whenWords(row(1, { predicted_ms: 1_000 }), 5_000)).toBe('now');
    expect(whenWords(row(1), 48_000)).toBe('for 48 s');
    expect(whenWords(row(1, { state: 'ended', ended_for: 'the condition holds no more' }), 0)).toBe('the condition holds no more');
    expect([60, 3600, 3900].map(span)).toEqual(['1 min', '1 h', '1 h 5 min']);
  });

  it('leads from one alert that calls to the next, past what is seen or muted, round the end', () => {
    const said = { at_ms: 0, words: '', by: 'A. Officer' };
    const rows = [row(1), row(2, { state: 'acknowledged' }), row(3, { muted: { said, until_ms: 100, of_rule: false } }), row(4)];
    expect(nextAfter(rows, 1, 0)?.id).toBe(4);
    expect(nextAfter(rows, 4, 0)?.id).toBe(1);
    expect(nextAfter(rows, 1, 200)?.id).toBe(3);
    expect(nextAfter([], null, 0)).toBe(null);
  });

  it('leads to where an alert is that no track shows', () => {
    const at = { lat_deg: 0, lon_deg: 0 };
    const told = list([row(1)]);
    const marks = [{ alert: 1, severity: 'warning' as const, title: '', places: [], outline: [at, at, at] }];
    expect(placesOf(row(1), { ...told, marks })).toHaveLength(3);
    expect(placesOf(row(2, { at }), told)).toEqual([{ x: 0.5, y: 0.5 }]);
    expect(placesOf(row(2), null)).toEqual([]);
  });

  it('speaks a new warning once, and nothing of what stood when the page opened', () => {
    const name = (track: number): string => `TN ${track}`;
    expect(spokenOf(null, list([row(1)]), name)).toBe(null);
    expect(spokenOf(new Set([1]), list([row(1)]), name)).toBe(null);
    expect(spokenOf(new Set(), list([row(1, { about: 'North' }), row(2)]), name)).toBe(
      'Warning: border crossing, TN 7, North, and 1 more',
    );
    expect(spokenOf(new Set(), list([row(1, { severity: 'caution' })]), name)).toBe(null);
  });
});

describe('the tone', () => {
  const ALL = { warning: 50, caution: 50, advisory: 50 };
  const known = new Set([1]);
  const caution = row(2, { severity: 'caution' });
  const warning = row(3);

  it('is of the most urgent alert that is new', () => {
    expect(soundOf(known, [row(1), caution], 500, ALL)).toBe('caution');
    expect(soundOf(known, [caution, warning], 500, ALL)).toBe('warning');
  });

  it('is none for what stood there before, is muted, seen or ended', () => {
    expect(soundOf(null, [warning], 500, ALL)).toBeNull();
    expect(soundOf(new Set([3]), [warning], 500, ALL)).toBeNull();
    expect(soundOf(known, [{ ...warning, state: 'acknowledged' }], 500, ALL)).toBeNull();
    expect(soundOf(known, [{ ...warning, muted: { said: { at_ms: 0, by: 'A', words: 'known' }, until_ms: 1_000, of_rule: false } }], 500, ALL)).toBeNull();
  });

  it('is of the most urgent that somebody has not silenced', () => {
    expect(soundOf(known, [caution, warning], 500, { ...ALL, warning: 0 })).toBe('caution');
    expect(soundOf(known, [caution], 500, { ...ALL, caution: 0 })).toBeNull();
  });

  it('is four times as strong at twice the setting', () => {
    expect(gainOf(100) / gainOf(50)).toBeCloseTo(4);
    expect([gainOf(0), gainOf(100) <= 1]).toEqual([0, true]);
  });

  it('differs by how often it sounds, not by pitch alone', () => {
    expect(new Set(Object.values(TONES).map((tones) => tones.times)).size).toBe(3);
  });
});
