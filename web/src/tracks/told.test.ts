import { describe, expect, it } from 'vitest';
import type { Selected, ToldRow } from '../generated/wire';
import { isStale, originOf } from './told';

const row = (field: ToldRow['field'], age_s: number, more: Partial<ToldRow> = {}): ToldRow => ({
  field,
  by: 'Hill',
  sensor: '1/2',
  kind: 'secondary',
  age_s,
  ...more,
});
const detail = (...told: ToldRow[]): Selected => ({ time_ms: Date.UTC(2026, 10, 23, 12, 0, 30), told }) as unknown as Selected;

const said = (of: ReturnType<typeof originOf>): string[] => of.tellers.map(({ who, how, when }) => [who, how, when].filter(Boolean).join(' '));

describe('where a value comes from', () => {
  it('is who told it, how, and how long ago', () => {
    expect(said(originOf('callsign', detail(row('level', 1), row('callsign', 4.2)), false))).toEqual(['Hill SSR 4.2 s']);
    expect(originOf('callsign', detail(row('level', 1), row('callsign', 4.2)), false).stale).toBe(false);
  });

  it('fades and says its age once it is old, what moves before what a target is known by', () => {
    const told = detail(row('level', 20), row('callsign', 20), row('category', 90));
    expect(said(originOf('level', told, false))).toEqual(['Hill SSR 20 s old']);
    expect(originOf('level', told, false).stale).toBe(true);
    expect(said(originOf('callsign', told, false))).toEqual(['Hill SSR 20 s']);
    expect(originOf('callsign', told, false).stale).toBe(false);
    expect(originOf('category', told, false).stale).toBe(true);
    expect(isStale('squawk', 16)).toBe(true);
  });

  it('is a partner for what a partner told, beside our own sensor where both made it', () => {
    const joined = detail(row('position', 2), row('position', 5.1, { by: 'KAZ', sensor: null, kind: null }));
    expect(said(originOf('position', joined, false))).toEqual(['Hill SSR 2.0 s', 'KAZ 5.1 s']);
    const ours = row('position', 40);
    expect(originOf('position', detail(ours, row('position', 2, { by: 'KAZ' })), false).stale, 'as old as the newest').toBe(false);
  });

  it('says when it was told where the node is silent, since an age would stand still', () => {
    expect(said(originOf('squawk', detail(row('squawk', 20)), true))).toEqual(['Hill SSR at 12:00:10Z']);
  });

  it('says that nobody told it where nobody did', () => {
    expect(said(originOf('velocity', detail(), false))).toEqual(['from its positions']);
    expect(originOf('velocity', detail(), false).stale).toBe(false);
    expect(said(originOf('callsign', detail(), false))).toEqual(['not told of late']);
    expect(originOf('callsign', detail(), false).stale).toBe(true);
    expect(said(originOf('level', { ...detail(), level_age_s: 47 }, false))).toEqual(['not told of late 47 s old']);
  });

  it('names a sensor without a name by its numbers', () => {
    expect(said(originOf('squawk', detail(row('squawk', 1, { by: '' })), false))).toEqual(['1/2 SSR 1.0 s']);
  });
});
