import { describe, expect, test } from 'vitest';
import type { SiteEntry } from '../generated/coverage';
import { edited, moved, siteNamed, standing, switched, typed, withEntry, withNew, without, type Plan } from './plan';

const entry = (name: string): SiteEntry => ({
  name,
  party: 'KGZ',
  lat_deg: 42,
  lon_deg: 75,
  ground_m: 770,
  mast_m: 25,
  range_min_nm: 0,
  range_max_nm: 200,
  elevation_min_deg: -90,
  elevation_max_deg: 45,
  sectors_deg: [],
  multilateration: false,
  horizon_deg: [0],
});
const plan: Plan = ['Kant', 'Osh'].map((name) => ({ entry: entry(name), on: true }));

describe('the plan', () => {
  test('a site that is off stays in the plan and counts for nothing', () => {
    const off = switched(plan, 'Osh');
    expect(standing(off).map((site) => site.name)).toEqual(['Kant']);
    expect(standing(switched(off, 'Osh'))).toHaveLength(2);
  });

  test('a moved site forgets what was surveyed at its old place', () => {
    const there = siteNamed(moved(plan, 'Osh', 41.123456, 74.5), 'Osh')!;
    expect(there).toMatchObject({ lat_deg: 41.1235, lon_deg: 74.5, ground_m: null, horizon_deg: null });
    expect(siteNamed(plan, 'Osh')!.ground_m).toBe(770);
  });

  test('a new site is like the last and has a name of its own', () => {
    const one = withNew(plan, 41, 74);
    const two = withNew(one.plan, 41.5, 74);
    expect([one.name, two.name]).toEqual(['New site 1', 'New site 2']);
    expect(siteNamed(two.plan, two.name)).toMatchObject({ party: 'KGZ', mast_m: 25, elevation_max_deg: 45, ground_m: null });
    expect(withEntry(plan, entry('Osh'))).toBe(plan);
    expect(without(two.plan, 'Kant').map((site) => site.entry.name)).toEqual(['Osh', 'New site 1', 'New site 2']);
  });

  test('a change leaves the other sites the very same', () => {
    const after = edited(plan, 'Osh', { mast_m: 40 });
    expect(after[0]).toBe(plan[0]);
    expect(siteNamed(after, 'Osh')!.mast_m).toBe(40);
  });

  test('what is typed is a number within bounds, or nothing', () => {
    expect(typed(' 25 ', 0, 500)).toBe(25);
    expect(typed('42,5', -90, 90)).toBe(42.5);
    expect(typed('', 0, 500)).toBeNull();
    expect(typed('501', 0, 500)).toBeNull();
    expect(typed('high', 0, 500)).toBeNull();
  });
});
