import { describe, expect, it } from 'vitest';
import * as format from './format';

const METRIC = { distance: 'km', height: 'm', speed: 'km/h' } as const;

describe('format', () => {
  it.each([
    [format.timeZ(Date.UTC(2026, 0, 2, 4, 5, 6, 999)), '04:05:06Z'],
    [format.latitude(57.236666), "57°14.2'N"],
    [format.latitude(-0.01), "00°00.6'S"],
    [format.latitude(59.99999), "60°00.0'N"],
    [format.longitude(18.85), "018°51.0'E"],
    [format.longitude(-118.408), "118°24.5'W"],
    [format.flightLevel(8_540), 'FL085'],
    [format.flightLevel(38_975), 'FL390'],
    [format.flightLevel(-150), 'FL-01'],
    [format.flightLevel(-20), 'FL000'],
    [format.count(1284), '1\u202f284'],
    [format.count(1_234_567), '1\u202f234\u202f567'],
    [format.bearing(0.2), '360°'],
    [format.bearing(359.7), '360°'],
    [format.bearing(94), '094°'],
    [format.age(0.44), '0.4 s'],
    [format.age(9.96), '10 s'],
    [format.age(119), '119 s'],
    [format.age(600), '10 min'],
    [format.age(7_500), '2 h 05'],
    [format.age(-3), '0 s'],
    [format.length(210), '210 m'],
    [format.length(1852), '1.00 NM'],
    [format.climb(-1216), '−1\u202f220 ft/min'],
    [format.climb(1216), '+1\u202f220 ft/min'],
    [format.length(1852, METRIC), '1.85 km'],
    [format.length(37_040, METRIC), '37.0 km'],
    [format.distance(83.14), '83.1 NM'],
    [format.distance(54, METRIC), '100.0 km'],
    [format.level(8_540), 'FL085'],
    // As the tables of ICAO Annex 2, appendix 3, pair them: 10 700 m is 35 100 ft, 8 900 m is 29 100 ft.
    [format.level(35_100, METRIC), '10\u202f698 m'],
    [format.level(29_100, { ...METRIC, height: 'ft' }), '29\u202f100 ft'],
    [format.height(-150), '−150 ft'],
    [format.speed(450), '450 kt'],
    [format.speed(450, METRIC), '833 km/h'],
    [format.climb(1000, METRIC), '+5.1 m/s'],
    [format.climb(-4, METRIC), '0.0 m/s'],
    [format.climb(-1000, METRIC), '−5.1 m/s'],
    [format.rate(4.21), '4.2'],
    [format.rate(812), '812'],
  ])('writes %s', (written, expected) => {
    expect(written).toBe(expected);
  });

  it('calls a climb of less than 300 ft/min level', () => {
    expect([250, 400, -400, Number.NaN].map(format.trend)).toEqual(['level', 'climb', 'descend', 'unknown']);
  });
});
