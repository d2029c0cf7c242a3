import { describe, expect, it } from 'vitest';
import type { Predicted } from '../generated/coverage';
import type { SensorCover } from '../generated/wire';
import { bandName, bandSums, basis, coverOnMap, reachNm, share } from './cover';

// Two rings of 10 NM in four sectors: cells of 25 π and 75 π square NM.
const cover = (cells: number[]): SensorCover => ({
  sensor: '1/2',
  time_ms: 0,
  since_ms: 0,
  uncounted: null,
  site_deg: [0, 180],
  height_m: 10,
  sectors: 4,
  rings: 2,
  ring_nm: 10,
  range_nm: 20,
  bands: [{ from_fl: 0, to_fl: 50, cells }],
});
const predicted = (cells: number[]): Predicted => ({ round: null, site: null, bands: [cells] });
const [SEEN, FLOWN] = [3, 2];

describe('what is seen of what is predicted', () => {
  it('is summed by area, and what is seen beyond it apart', () => {
    const [sum] = bandSums(cover([SEEN, FLOWN, 0, SEEN, SEEN, 0, 0, 0]), predicted([1, 1, 1, 0, 1, 2, 0, 0]));
    expect(sum).toMatchObject({ name: 'GND–FL050' });
    expect(sum!.predicted / Math.PI).toBeCloseTo(25 * 3 + 75);
    expect(sum!.seen / Math.PI).toBeCloseTo(25 + 75);
    expect(sum!.flown / Math.PI).toBeCloseTo(25 * 2 + 75);
    expect(sum!.beyond / Math.PI).toBeCloseTo(25);
  });

  it('leaves out where the terrain is not known, and tells how much that is', () => {
    const it = cover([0, 0, 0, 0, SEEN, SEEN, 0, 0]);
    const foreseen = predicted([1, 1, 1, 1, 0, 2, 2, 0]);
    const [sum] = bandSums(it, foreseen);
    expect([sum!.beyond / Math.PI, sum!.unknown / Math.PI].map(Math.round)).toEqual([75, 150]);
    expect(basis(it, { told: foreseen, problem: null }, sum, false)).toContain('Of 471 NM² nothing is predicted');
  });

  it('rests on a range that is said to be assumed where none is known', () => {
    const unknown = { ...cover([]), range_nm: null };
    expect([reachNm(cover([])), reachNm({ ...unknown, rings: 25 })]).toEqual([20, 250]);
    expect(basis({ ...unknown, rings: 25 }, null, undefined, false)).toContain('250 NM assumed');
    expect(basis(cover([]), null, undefined, false)).not.toContain('assumed');
  });

  it('is of the time that it was told at while the node is silent', () => {
    expect(basis(cover([]), null, undefined, true)).toMatch(/^As of 00:00:00/);
    expect(basis(cover([]), null, undefined, false)).toMatch(/^Counted since/);
  });

  it('as a share is all only if all is seen', () => {
    expect([share(999, 1000), share(1000, 1000), share(1, 1000), share(0, 1000), share(0, 0)]).toEqual(['99 %', '100 %', '<1 %', '0 %', '–']);
  });

  it('has a name by level', () => {
    expect([bandName({ from_fl: 50, to_fl: 100, cells: [] }), bandName({ from_fl: 300, to_fl: null, cells: [] })]).toEqual(['FL050–100', 'FL300+']);
  });
});

describe('the map', () => {
  it('marks what was seen, and what was flown through unseen where it should be seen', () => {
    const drawn = coverOnMap(cover([SEEN, FLOWN, FLOWN, 0, 0, 0, 0, 0]), predicted([1, 1, 0, 1, 0, 0, 0, 0]), 0)!;
    expect(drawn.marks.slice(0, 4)).toEqual(['seen', 'missed', null, null]);
  });

  it('draws the edge of what is predicted around it once, over the antimeridian too', () => {
    const whole = coverOnMap(cover([0, 0, 0, 0, 0, 0, 0, 0]), predicted([1, 1, 1, 1, 0, 0, 0, 0]), 0)!;
    expect(whole.edges).toHaveLength(4);
    const width = Math.max(...whole.edges.flat().map(({ x }) => x)) - Math.min(...whole.edges.flat().map(({ x }) => x));
    expect(width * 360 * 60).toBeCloseTo(20, 0);
    const part = coverOnMap(cover([0, 0, 0, 0, 0, 0, 0, 0]), predicted([1, 0, 0, 0, 1, 0, 0, 0]), 0)!;
    expect(part.edges).toHaveLength(5);
  });

  it('has nothing of a sensor whose place is not known', () => {
    expect(coverOnMap({ ...cover([]), site_deg: null, rings: 0 }, null, 0)).toBeNull();
  });
});
