import { describe, expect, it } from 'vitest';
import { labelLines, labelPriority, levelLine } from '../map/labelText';
import { description, picture } from '../picture/picture.fixture';
import { PictureStore, applyPicture } from '../picture/store';
import { TRACK_COASTING, TRACK_ON_GROUND } from '../generated/wire';
import { NO_FILTER, matcher, type TrackFilter } from './filter';
import { ident, ownerCounts, ownerTag, ownerWords } from './ident';
import { tableRows, visibleRange, type SortOrder } from './rows';

function storeOf(): PictureStore {
  const store = new PictureStore();
  const message = picture(0, 100_000, [{ number: 1, only: 4 }, { number: 2, only: 0 }, { number: 3 }, { number: 2417, ageMs: 24_000 }], {
    full: true,
    descriptions: [
      description(1, { callsign: 'BAW117', address: '4ca1fa', squawk: '7700' }),
      description(2, { callsign: 'DLH4M', address: '3c6444', squawk: '2000', sources: ['secondary', 'ads_b'] }),
      description(3, { address: 'a0b1c2', squawk: '1200' }),
      description(2417, { identity: 'unknown', sources: ['primary'] }),
    ],
  });
  message.states.level_ft = [35_000, 8_500, 0, null];
  message.states.climb_fpm = [0, 1_200, null, null];
  message.states.flags = [0, 0, TRACK_ON_GROUND, TRACK_COASTING];
  applyPicture(store, message);
  return store;
}

const numbers = (store: PictureStore, filter: Partial<TrackFilter>, order?: SortOrder): number[] =>
  [...tableRows(store, matcher({ ...NO_FILTER, ...filter }), order ?? { key: 'number', descending: false })].map(
    (row) => store.number[row]!,
  );

describe('the filter', () => {
  const store = storeOf();
  it.each<[string, Partial<TrackFilter>, number[]]>([
    ['nothing asked shows all', {}, [1, 2, 3, 2417]],
    ['part of a callsign, any case', { text: 'baw' }, [1]],
    ['part of an address', { text: '6444' }, [2]],
    ['a squawk', { text: '1200' }, [3]],
    ['a track number', { text: 'TN 2417' }, [2417]],
    ['all words', { text: 'DLH 2000' }, [2]],
    ['a level band, which an unknown level is not in', { levelMin: 50, levelMax: 100 }, [2]],
    ['from the ground up to a level', { levelMax: 100 }, [2, 3]],
    ['a kind of source', { source: 'primary' }, [2417]],
  ])('%s', (_, filter, expected) => {
    expect(numbers(store, filter)).toEqual(expected);
  });

  it.each([
    [4, [1]],
    [0, [2]],
    // No such sensor is known: nothing is shown in its name.
    [-1, []],
  ])('tracks that the sensor of row %i alone holds', (row, expected) => {
    const found = tableRows(store, matcher({ ...NO_FILTER, only: '25/201' }, row), { key: 'number', descending: false });
    expect([...found].map((at) => store.number[at])).toEqual(expected);
  });
});

describe('the table', () => {
  const store = storeOf();
  it.each<[SortOrder, number[]]>([
    [{ key: 'level', descending: true }, [1, 2, 3, 2417]],
    [{ key: 'ident', descending: false }, [1, 2, 3, 2417]],
    [{ key: 'ident', descending: true }, [2, 1, 3, 2417]],
    [{ key: 'age', descending: true }, [2417, 1, 2, 3]],
  ])('sorts by %o', (order, expected) => {
    expect(numbers(store, {}, order)).toEqual(expected);
  });

  it('makes only the rows in view', () => {
    expect(visibleRange(20_000, 24_000, 240, 24)).toEqual({ from: 996, to: 1014 });
    expect(visibleRange(3, 0, 240, 24)).toEqual({ from: 0, to: 3 });
    expect(visibleRange(3, 9_999, 240, 24)).toEqual({ from: 0, to: 3 });
  });
});

describe('a label', () => {
  const store = storeOf();
  const row = (number: number): number => store.rowOf.get(number)!;
  it('names callsign, then squawk, then track number', () => {
    expect(ident(store.descriptions[row(1)]!, 1)).toBe('BAW117');
    expect(ident(store.descriptions[row(3)]!, 3)).toBe('1200');
    expect(ident(null, 7)).toBe('TN 0007');
    expect(ident(description(7, { remote_id: '1588E04' }), 7)).toBe('1588E04');
  });

  it('says level, trend and tens of knots, and what is out of the ordinary', () => {
    expect(labelLines(store, row(1), 2)).toEqual(['BAW117 ▲EM', '350= 40']);
    expect(labelLines(store, row(2), 2)).toEqual(['DLH4M', '085↑ 40']);
    expect(labelLines(store, row(3), 2)).toEqual(['1200', 'GND 40']);
    // ICAO Doc 4444, appendix 2, item 15: S and four digits are tens of metres, K stands before km/h.
    const metric = { distance: 'km', height: 'm', speed: 'km/h' } as const;
    expect([row(1), row(2), row(3)].map((one) => levelLine(store, one, metric))).toEqual(['S1067= K74', 'S0259↑ K74', 'GND K74']);
    expect(labelLines(store, row(2417), 2)).toEqual(['TN 2417', '???  40', 'coast 24 s']);
  });

  it('says that a track has more alerts than the one in its label', () => {
    expect(labelLines(store, row(2), 1, { severity: 'warning', tag: '▲BX 3m', all: ['BX', 'CF'] })).toEqual(['DLH4M ▲BX 3m +1']);
  });

  it('goes first to the alerted, then the selected, then the unknown', () => {
    expect([1, 2, 2417, 3].map((n) => labelPriority(store, row(n), 2))).toEqual([0, 1, 3, 6]);
  });
});

it('a track says whose it is where it is not ours, and who is about to take it', () => {
  const owned = (owner: string | null, owner_next: string | null = null) => description(1, { owner, owner_next });
  expect(ownerTag(owned(null), 'KGZ')).toBeNull();
  expect(ownerTag(owned('KGZ'), 'KGZ')).toBeNull();
  expect(ownerTag(owned('KGZ', 'KAZ'), 'KGZ')).toBe('▷KAZ');
  expect(ownerTag(owned('KAZ', 'KGZ'), 'KGZ')).toBe('◁KAZ');
  expect(ownerTag(owned('KAZ', 'RUS'), 'KGZ')).toBe('KAZ');
  expect(ownerWords(owned('KGZ', 'KAZ'), 'KGZ')).toBe('KGZ (own) → KAZ at the border');
});

describe('tracks by owner', () => {
  it('are counted, ours first, then the most, without those that nobody owns', () => {
    const owned = [...'KKKUUXX'].map((letter, i) => description(i, { owner: { K: 'KAZ', U: 'UZB', X: 'XXA' }[letter]! }));
    expect(ownerCounts([...owned, description(9), null], 'XXA')).toEqual([['XXA', 2], ['KAZ', 3], ['UZB', 2]]);
    expect(ownerCounts([description(9)], 'XXA')).toEqual([]);
  });
});
