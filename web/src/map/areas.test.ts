import { describe, expect, it } from 'vitest';
import type { AreaRow } from '../generated/wire';
import { destination } from './geometry';
import { areaName, areaWords, areasOnMap, authorityWords, holds } from './areas';

const row = (more: Partial<AreaRow>): AreaRow => ({ kind: 'release', accord: 'kaz-kgz', article: '1', title: 'Near the border', of: ['KAZ', 'KGZ'], to: ['KGZ', 'KAZ'], stand_in: null, shapes: [], ...more });
const responsible = (party: string): AreaRow => row({ kind: 'responsible', accord: null, article: null, title: null, of: [party], to: [] });

describe('an area in words', () => {
  it('is named by its article, and says who tells whom', () => {
    expect([areaName(row({})), areaWords(row({}))]).toEqual(['kaz-kgz §1', 'Near the border · KAZ ↔ KGZ']);
    expect(areaWords(row({ title: null, of: ['KAZ'], to: ['KGZ', 'TJK'] }))).toBe('KAZ → KGZ, TJK');
  });

  it('of back-up says who may stand in for whom, or who does', () => {
    const backUp = row({ kind: 'back_up', of: ['TJK'], to: ['RUS', 'KGZ'] });
    expect(areaWords(backUp)).toBe('RUS, KGZ may stand in for TJK');
    expect(areaWords({ ...backUp, stand_in: 'RUS' })).toBe('RUS stands in for TJK');
  });
});

describe('the identification authority', () => {
  it('is said only where somebody is responsible somewhere', () => {
    expect(authorityWords([row({})], 'KGZ')).toBeNull();
    expect(authorityWords([responsible('KGZ')], 'KGZ')).toBe('KGZ (own)');
  });

  it('says so where there are several areas, whose they are, and for whom we stand in', () => {
    expect(authorityWords([responsible('KGZ'), responsible('KGZ'), responsible('KAZ')], 'KGZ')).toBe('KGZ (own, 2 areas), KAZ');
    expect(authorityWords([responsible('KAZ'), responsible('RUS')], 'KGZ')).toBe('KAZ, RUS');
    const standing = row({ kind: 'back_up', of: ['TJK'], to: ['KGZ'], stand_in: 'KGZ' });
    expect(authorityWords([responsible('KGZ'), responsible('TJK'), standing], 'KGZ')).toBe('KGZ (own), for TJK, TJK');
  });
});

describe('what is within an area', () => {
  const at = { latDeg: 42.9, lonDeg: 74.6 };

  it('is all on the inner side of its corners, over the antimeridian too', () => {
    const square = (lon: number) => areasOnMap([row({ shapes: [{ points: [[42, lon - 1], [42, lon + 1], [44, lon + 1 > 180 ? lon + 1 - 360 : lon + 1], [44, lon - 1]], within_nm: null }] })])[0]!;
    expect(holds(square(74.5), at)).toBe(true);
    expect(holds(square(77), at)).toBe(false);
    expect(holds(areasOnMap([row({ shapes: [{ points: [[42, 179], [42, -179], [44, -179], [44, 179]], within_nm: null }] })])[0]!, { latDeg: 43, lonDeg: -179.5 })).toBe(true);
  });

  it('is all so near to its line, as a walk along the sphere finds it', () => {
    const [band] = areasOnMap([row({ shapes: [{ points: [[42.9, 73], [42.9, 76]], within_nm: 30 }] })]);
    for (const [nm, inside] of [[20, true], [29, true], [31, false], [60, false]] as const) {
      expect(holds(band!, destination(at, 0, nm)), `${nm} NM north`).toBe(inside);
      expect(holds(band!, destination({ latDeg: 42.9, lonDeg: 76 }, 90, nm)), `${nm} NM beyond its end`).toBe(inside);
    }
  });
});
