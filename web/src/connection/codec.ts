// Bytes of the live connection to messages and back. What is not a message this console knows is
// `null`: a newer node may send more kinds, and the rule of change says to pass over them.

import { decode, encode } from '@msgpack/msgpack';
import type { ClientMessage, ServerMessage } from '../generated/wire';

/** Most bytes of one message; 50,000 tracks take about 5 MB. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

// A record, so that the compiler asks for a kind that is missing here.
const KINDS: Record<ServerMessage['type'], true> = {
  hello: true,
  picture: true,
  sensors: true,
  sensor_cover: true,
  selected: true,
  partners: true,
  explained: true,
  held_back: true,
  areas: true,
  airspace_times: true,
  pairs: true,
  requests: true,
  back_ups: true,
  alerts: true,
  incidents: true,
  incident: true,
  identity_desk: true,
  refused: true,
};
const KNOWN: ReadonlySet<string> = new Set(Object.keys(KINDS));

export function decodeMessage(bytes: ArrayBuffer | Uint8Array): ServerMessage | null {
  if (bytes.byteLength > MESSAGE_BYTES_MAX) return null;
  let value: unknown;
  try {
    value = decode(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  return typeof value.type === 'string' && KNOWN.has(value.type) ? (value as ServerMessage) : null;
}

export const encodeMessage = (message: ClientMessage): Uint8Array => encode(message);
