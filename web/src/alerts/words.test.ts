import { describe, expect, it } from 'vitest';
import type { AlertCall, AlertRow, Alerts } from '../generated/wire';
import { placesOf } from '../map/alertMarks';
import { TONES, gainOf, soundOf } from './sound';
import { calls, hear, heededWords, needsNone, nextAfter, openCounts, span, spokenOf, whenWords } from './words';

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
  rose_since: false,
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
  calls: [],
  elsewhere: [],
});

const call = (alert: number, more: Partial<AlertCall> = {}): AlertCall => ({ alert, severity: 'warning', title: 'BORDER CROSSING', tracks: [7], about: null, since_ms: 0, ...more });
const calling = (timeMs: number, ...all: AlertCall[]): Alerts => ({ ...list([]), time_ms: timeMs, calls: all });

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
    const marks = [{ alert: 1, severity: 'warning' as const, title: '', places: [], outline: [at, at, at], degraded: null }];
    expect(placesOf(row(1), { ...told, marks })).toHaveLength(3);
    expect(placesOf(row(2, { at }), told)).toEqual([{ x: 0.5, y: 0.5 }]);
    expect(placesOf(row(2), null)).toEqual([]);
  });

  it('says that one which was seen calls again as its severity rose, and is led to', () => {
    const said = { at_ms: 0, words: '', by: 'A. Officer' };
    const seen = row(1, { state: 'acknowledged', acknowledged: said });
    const rose = { ...seen, rose_since: true };
    expect([calls(seen, 0), calls(rose, 0), calls({ ...rose, state: 'in_incident' }, 0)]).toEqual([false, true, true]);
    expect(calls({ ...rose, state: 'ended' }, 0)).toBe(false);
    expect(heededWords(seen)).toBe('seen by A. Officer');
    expect(heededWords(rose)).toBe('new again: its severity rose · seen by A. Officer');
    expect(nextAfter([seen, { ...rose, id: 2 }], 1, 0)?.id).toBe(2);
  });

  it('can be acknowledged again when its severity rose, and not before', () => {
    const seen = row(1, { state: 'acknowledged', acknowledged: { at_ms: 0, words: '', by: 'A. Officer' } });
    expect(needsNone(seen)).toBe('A. Officer has acknowledged it.');
    expect(needsNone({ ...seen, rose_since: true })).toBeNull();
  });
});

describe('what newly calls', () => {
  const name = (track: number): string => `TN ${track}`;
  const fresh = (before: Alerts, now: Alerts): number[] => hear(hear(null, before, true).heard, now, true).fresh.map(({ alert }) => alert);

  it('is told once, and nothing of what stood when the page opened', () => {
    expect(hear(null, calling(5, call(1)), true).fresh).toEqual([]);
    expect(fresh(calling(5), calling(6, call(1, { since_ms: 6 })))).toEqual([1]);
    expect(fresh(calling(6, call(1, { since_ms: 6 })), calling(7, call(1, { since_ms: 6 })))).toEqual([]);
  });

  it('is one whose severity rose, under the number that it has', () => {
    const caution = call(1, { severity: 'caution', since_ms: 2 });
    expect(fresh(calling(5, caution), calling(9, call(1, { since_ms: 8 })))).toEqual([1]);
  });

  it('is told whichever page is looked at, and turning to another is no news', () => {
    const second = { ...calling(6, call(900, { since_ms: 6 })), from: 100, rows: [] };
    expect(fresh(calling(5), second)).toEqual([900]);
    expect(fresh({ ...calling(5, call(1)), from: 0 }, { ...calling(6, call(1)), from: 100, rows: [row(50)] })).toEqual([]);
  });

  it('is not what is muted, or was until now', () => {
    // Those that are muted are not among the calls; one whose mute ended comes with an instant long gone.
    expect(fresh(calling(5), calling(6))).toEqual([]);
    expect(fresh(calling(500), calling(501, call(1, { since_ms: 3 })))).toEqual([]);
  });

  it('is nothing in the past, and the present after it begins anew', () => {
    const live = hear(null, calling(100), true).heard;
    const past = hear(live, calling(7, call(1, { since_ms: 101 })), false);
    expect(past).toEqual({ heard: null, fresh: [] });
    expect(hear(past.heard, calling(200, call(2, { since_ms: 150 })), true).fresh).toEqual([]);
  });

  it('is spoken where it is a warning', () => {
    expect(spokenOf([], name)).toBe(null);
    expect(spokenOf([call(1, { about: 'North' }), call(2)], name)).toBe('Warning: border crossing, TN 7, North, and 1 more');
    expect(spokenOf([call(1, { severity: 'caution' })], name)).toBe(null);
  });
});

describe('the tone', () => {
  const ALL = { warning: 50, caution: 50, advisory: 50 };
  const caution = call(2, { severity: 'caution' });
  const warning = call(3);

  it('is of the most urgent alert that is new', () => {
    expect(soundOf([caution], ALL)).toBe('caution');
    expect(soundOf([caution, warning], ALL)).toBe('warning');
    expect(soundOf([], ALL)).toBeNull();
  });

  it('is of the most urgent that somebody has not silenced', () => {
    expect(soundOf([caution, warning], { ...ALL, warning: 0 })).toBe('caution');
    expect(soundOf([caution], { ...ALL, caution: 0 })).toBeNull();
  });

  it('is four times as strong at twice the setting', () => {
    expect(gainOf(100) / gainOf(50)).toBeCloseTo(4);
    expect([gainOf(0), gainOf(100) <= 1]).toEqual([0, true]);
  });

  it('differs by how often it sounds, not by pitch alone', () => {
    expect(new Set(Object.values(TONES).map((tones) => tones.times)).size).toBe(3);
  });
});
