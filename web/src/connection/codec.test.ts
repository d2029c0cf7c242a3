import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { description, picture } from '../picture/picture.fixture';
import { decodeMessage, encodeMessage } from './codec';

const BYTES = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g)!.map((pair) => Number.parseInt(pair, 16)));

describe('the wire', () => {
  it('passes on what the node says of partners', () => {
    const partners = { type: 'partners', time_ms: 1, rows: [], accords: [] };
    const explained = { type: 'explained', number: 3, party: 'XXB', time_ms: 1, released: false, lines: ['withheld'] };
    for (const message of [partners, explained]) expect(decodeMessage(encode(message))).toEqual(message);
  });

  it('brings a picture across whole', () => {
    const message = {
      type: 'picture',
      ...picture(3, 1_767_364_310_000, [{ number: 4_000_000_000, lat: -33.9, lon: 179.999999 }], {
        descriptions: [description(4_000_000_000, { callsign: 'QFA1', squawk: '0021' })],
        ended: [{ number: 2, reason: 'superseded', successor: 4_000_000_000 }],
      }),
    };
    expect(decodeMessage(encode(message))).toEqual(message);
  });

  it('reads what a named-map MessagePack writer sends, byte for byte', () => {
    // {"type":"refused","asked":"x","reason":"y"}
    const bytes = BYTES('83a474797065a772656675736564a561736b6564a178a6726561736f6ea179');
    expect(decodeMessage(bytes)).toEqual({ type: 'refused', asked: 'x', reason: 'y' });
  });

  it('writes what the node reads: one map with its type', () => {
    expect(decode(encodeMessage({ type: 'select', number: null }))).toEqual({ type: 'select', number: null });
    expect(decode(encodeMessage({ type: 'resync' }))).toEqual({ type: 'resync' });
  });

  it.each([
    ['nothing', ''],
    ['a number', '2a'],
    ['a cut map', '83a474797065'],
    ['a map of an unknown type', '81a474797065a178'],
    ['a byte MessagePack never uses', 'c1'],
  ])('takes %s for no message', (_, hex) => {
    expect(decodeMessage(hex ? BYTES(hex) : new Uint8Array())).toBeNull();
  });
});
