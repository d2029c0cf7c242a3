import { describe, expect, it } from 'vitest';
import type { TrackPlan } from '../generated/wire';
import { deviations, offWords } from './plan';

const plan = (change: Partial<TrackPlan>): TrackPlan => ({
  callsign: 'KGZ101',
  found_by: 'callsign',
  departure: 'UCFM',
  destination: 'UAAA',
  code: null,
  aside_nm: null,
  above_ft: null,
  late_s: null,
  points: [],
  points_before: 0,
  points_after: 0,
  ...change,
});

describe('a plan in words', () => {
  it('says how far off a time is', () => {
    expect([-400, -45, 12, 89, 150].map(offWords)).toEqual(['−7 min', '−45 s', 'on time', '+89 s', '+3 min']);
  });

  it('says what is off and leaves out what is noise', () => {
    expect(deviations(plan({ aside_nm: -6.24, above_ft: 430, late_s: 185 }))).toEqual([
      '6.2 NM left of its route',
      '400 ft above its level',
      '3 min late',
    ]);
    expect(deviations(plan({ aside_nm: 0.1, above_ft: 40, late_s: -5 }))).toEqual(['on its route', 'on time']);
    expect(deviations(plan({}))).toEqual([]);
  });
});
