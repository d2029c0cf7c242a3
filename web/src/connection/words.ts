// The connection's state as the operator reads and hears it. Pure.

import { age, timeZ } from '../shell/format';
import type { ConnectionKind, ConnectionState } from './state';

export type ConnectionGlyph = 'dot' | 'diamond' | 'triangle' | 'ring';

export interface ConnectionWords {
  glyph: ConnectionGlyph;
  word: string;
  /** Since when, or how late. */
  detail: string;
}

const WORDS: Record<ConnectionKind, { glyph: ConnectionGlyph; word: string }> = {
  connecting: { glyph: 'ring', word: 'CONNECTING' },
  waiting: { glyph: 'ring', word: 'NO DATA YET' },
  live: { glyph: 'dot', word: 'LIVE' },
  delayed: { glyph: 'diamond', word: 'DELAYED' },
  frozen: { glyph: 'triangle', word: 'FROZEN' },
  replay: { glyph: 'diamond', word: 'REPLAY' },
  outdated: { glyph: 'triangle', word: 'RELOAD NEEDED' },
};

export function connectionWords(connection: ConnectionState): ConnectionWords {
  const { glyph, word } = WORDS[connection.kind];
  return { glyph, word, detail: detail(connection) };
}

function detail({ kind, ageS, sinceMs, reason }: ConnectionState): string {
  switch (kind) {
    case 'live':
      return `data ${age(ageS ?? 0)} old`;
    case 'delayed':
      return `${age(ageS ?? 0)} behind`;
    case 'frozen':
      return `since ${timeZ(sinceMs ?? 0)}`;
    case 'replay':
      return 'not live';
    default:
      return reason ?? '';
  }
}

/** What a screen reader says when the state changes; ages are left out, they change each second. */
export function spoken(connection: ConnectionState): string {
  const { word } = WORDS[connection.kind];
  if (connection.kind === 'frozen') {
    return `Picture frozen since ${timeZ(connection.sinceMs ?? 0)}, ${connection.reason ?? ''}`;
  }
  return `Picture ${word.toLowerCase()}`;
}
