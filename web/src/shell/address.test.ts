import { describe, expect, it } from 'vitest';
import { NO_FILTER } from '../tracks/filter';
import { filterWords, fromAddress, savedFrom, savedTo, toAddress, type Addressed } from './address';

const shown: Addressed = {
  filter: { text: 'KZR & <b>', levelMin: 100, levelMax: null, source: 'primary', only: '25/201' },
  selected: 2417,
  view: { lat_deg: 42.8746, lon_deg: -74.5698, radius_nm: 120 },
  pastMs: Date.UTC(2026, 10, 28, 6, 1, 40),
  known: 'now',
};

describe('the address', () => {
  it('gives back what was put in, and leaves alone what is not of it', () => {
    const search = toAddress('?lang=ky', shown);
    expect(search).toContain('lang=ky');
    expect(fromAddress(search)).toEqual(shown);
  });

  it('is empty where there is nothing to say', () => {
    const nothing = { filter: NO_FILTER, selected: null, view: null, pastMs: null, known: 'then' as const };
    expect(toAddress(toAddress('', shown), nothing)).toBe('');
    expect(fromAddress('')).toEqual(nothing);
  });

  it.each(['?at=91,0,5', '?at=1,2', '?at=NaN,2,3', '?at=1,2,0', '?track=-1', '?track=1e9', '?fl=abc', '?source=spies', '?only=1', '?only=a/b', '?at=,,', '?past=yesterday', '?past=2026-13-01T00:00:00Z'])(
    'passes over what makes no sense: %s',
    (search) => {
      expect(fromAddress(search)).toEqual({ filter: NO_FILTER, selected: null, view: null, pastMs: null, known: 'then' });
    },
  );
});

describe('saved filters', () => {
  it('come back as they were kept', () => {
    const saved = [{ name: 'primary alone', filter: shown.filter }];
    expect(savedFrom(JSON.parse(JSON.stringify(savedTo(saved))))).toEqual(saved);
  });

  it('that are none are left out', () => {
    expect(savedFrom('x')).toEqual([]);
    expect(savedFrom([null, 3, { name: '' }, { name: 'a' }])).toEqual([]);
  });

  it('are called by what they ask for', () => {
    expect(filterWords(shown.filter)).toBe('KZR & <b> FL100–999 primary radar only 25/201');
  });
});
