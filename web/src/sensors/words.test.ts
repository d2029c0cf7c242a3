import { describe, expect, it } from 'vitest';
import type { BiasRow, SensorBias, SensorSaid } from '../generated/wire';
import { timeZ } from '../shell/format';
import { BIASES, biasBasis, biasLine, markLine, saidLine, toldBiases } from './words';

const [AZIMUTH, RANGE, TIME] = BIASES as [(typeof BIASES)[0], (typeof BIASES)[0], (typeof BIASES)[0]];
const row = (more: Partial<BiasRow>): BiasRow => ({ value: null, sd: null, limit: 0.1, over: false, ...more });
const bias = (more: Partial<SensorBias>): SensorBias => ({
  range_m: row({ value: 80, sd: 6, limit: 100 }),
  azimuth_deg: row({ value: 0.02, sd: 0.01 }),
  time_s: row({}),
  samples: 900,
  absolute: true,
  applied: true,
  ...more,
});
const said = (more: Partial<SensorSaid>): SensorSaid => ({
  teller: null,
  age_s: 3,
  condition: 'operational',
  troubles: [],
  biases: { time_s: null, secondary_range_m: null, secondary_azimuth_deg: null, primary_range_m: null, primary_azimuth_deg: null },
  differs: false,
  ...more,
});

describe('a bias', () => {
  it('stands beside its limit with its uncertainty', () => {
    expect(biasLine(RANGE, row({ value: -42.4, sd: 6, limit: 100 }))).toEqual({ words: '−42 m ± 6 m, limit 100 m', tone: 'plain' });
    expect(biasLine(TIME, row({ value: 0.083, sd: 0.005 })).words).toBe('+83 ms ± 5 ms, limit 100 ms');
  });

  it('over its limit is said in words', () => {
    expect(biasLine(AZIMUTH, row({ value: 0.31, sd: 0.02, over: true }))).toEqual({ words: '+0.31° ± 0.02°, over its limit 0.10°', tone: 'caution' });
  });

  it('that is not known is never 0', () => {
    expect(biasLine(AZIMUTH, row({}))).toEqual({ words: 'not known, limit 0.10°', tone: 'muted' });
    expect(biasLine(AZIMUTH, row({ limit: null })).words).toBe('not known, no limit is watched');
    expect(biasBasis(bias({ samples: 0, absolute: false, applied: false }))).toMatch(/^Too few/);
  });

  it('that rounds to nothing has no sign', () => {
    expect(biasLine(RANGE, row({ value: -0.2, sd: 1, limit: 100 })).words).toBe('0 m ± 1 m, limit 100 m');
  });
});

describe('a mark', () => {
  it('tells its age, and two turns without one are late', () => {
    expect(markLine({ kind: 'north', azimuth_deg: 0, age_s: 2.4 }, 4, null)).toEqual({ name: 'North mark', line: { words: '2.4 s ago', tone: 'plain' } });
    expect(markLine({ kind: 'sector', azimuth_deg: 90, age_s: 9 }, 4, null).line).toEqual({ words: '090°, 9.0 s ago, late', tone: 'caution' });
    expect(markLine({ kind: 'sector', azimuth_deg: null, age_s: 1 }, 4, null).line.words).toBe('1.0 s ago');
    expect(markLine({ kind: 'north', azimuth_deg: 0, age_s: 900 }, null, null).line.tone).toBe('plain');
  });
});

describe('while the node is silent', () => {
  const asOf = Date.UTC(2026, 10, 28, 12, 0, 30);
  it('times stand in place of ages, and nothing is held against what arrives', () => {
    expect(markLine({ kind: 'north', azimuth_deg: 0, age_s: 10 }, 4, asOf).line).toEqual({ words: timeZ(asOf - 10_000), tone: 'plain' });
    expect(saidLine(said({ differs: true }), asOf)).toEqual({ words: `operational, ${timeZ(asOf - 3000)}`, tone: 'plain' });
  });
});

describe('what is said of a sensor', () => {
  it('stands with its age, and what arrives otherwise is said', () => {
    expect(saidLine(said({}), null)).toEqual({ words: 'operational, 3.0 s ago', tone: 'plain' });
    expect(saidLine(said({ condition: 'disconnected', differs: true }), null)).toEqual({
      words: 'disconnected, 3.0 s ago: what arrives says otherwise',
      tone: 'caution',
    });
  });

  it('of its biases is held against ours', () => {
    const told = { ...said({}).biases, secondary_azimuth_deg: 0.2, secondary_range_m: 60, time_s: 0.2 };
    expect(toldBiases(told, bias({})).map((line) => [line.words, line.tone])).toEqual([
      ['secondary azimuth +0.20°: ours is +0.02°', 'caution'],
      ['secondary range +60 m', 'plain'],
      ['time +200 ms', 'plain'],
    ]);
  });
});
