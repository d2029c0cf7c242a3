// The connection's state as the operator reads and hears it. Pure.

import { age, timeZ } from '../shell/format';
import type { ConnectionKind, ConnectionState } from './state';
import { t } from '../language/language';

export type ConnectionGlyph = 'dot' | 'diamond' | 'triangle' | 'ring';

export interface ConnectionWords {
  glyph: ConnectionGlyph;
  word: string;
  /** Since when, or how late. */
  detail: string;
}

const WORDS: Record<ConnectionKind, { glyph: ConnectionGlyph; word: string }> = {
  connecting: { glyph: 'ring', word: t`CONNECTING` },
  waiting: { glyph: 'ring', word: t`NO DATA YET` },
  live: { glyph: 'dot', word: t`LIVE` },
  delayed: { glyph: 'diamond', word: t`DELAYED` },
  frozen: { glyph: 'triangle', word: t`FROZEN` },
  replay: { glyph: 'diamond', word: t`REPLAY` },
  outdated: { glyph: 'triangle', word: t`RELOAD NEEDED` },
};

export function connectionWords(connection: ConnectionState): ConnectionWords {
  const { glyph, word } = WORDS[connection.kind];
  return { glyph, word, detail: detail(connection) };
}

function detail({ kind, ageS, sinceMs, reason }: ConnectionState): string {
  switch (kind) {
    case 'live':
      return t`data ${age(ageS ?? 0)} old`;
    case 'delayed':
      return t`${age(ageS ?? 0)} behind`;
    case 'frozen':
      return t`since ${timeZ(sinceMs ?? 0)}`;
    case 'replay':
      return t`not live`;
    default:
      return reason ?? '';
  }
}

/** What a screen reader says when the state changes; ages are left out, they change each second. */
export function spoken(connection: ConnectionState): string {
  const { word } = WORDS[connection.kind];
  if (connection.kind === 'frozen') {
    return t`Picture frozen since ${timeZ(connection.sinceMs ?? 0)}, ${connection.reason ?? ''}`;
  }
  return t`Picture ${word.toLowerCase()}`;
}
