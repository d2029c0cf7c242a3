// What the partners panel says of links and accords. Pure.

import type { AccordEvent, PartnerRow } from '../generated/wire';
import type { GlyphShape } from '../shell/Glyph';
import { age, count, dateZ } from '../shell/format';

export interface LinkWords {
  glyph: GlyphShape;
  tone: 'good' | 'caution' | 'muted';
  words: string;
}

/** A partner sends every second; this long without a word on an open link is worth a look. */
const SLOW_MS = 5_000;

export function linkWords(row: Pick<PartnerRow, 'link' | 'note' | 'silent_ms'>): LinkWords {
  const heard = row.silent_ms === null ? null : age(row.silent_ms / 1000);
  if (row.link === 'up' && row.silent_ms !== null && row.silent_ms > SLOW_MS) {
    return { glyph: 'diamond', tone: 'caution', words: `silent ${heard}` };
  }
  if (row.link === 'up') return { glyph: 'dot', tone: 'good', words: heard === null ? 'linked' : `${heard} ago` };
  const since = heard === null ? '' : `, last heard ${heard} ago`;
  if (row.link === 'down') return { glyph: 'ring', tone: 'caution', words: `off${since}` };
  return { glyph: 'ring', tone: 'muted', words: 'never linked' };
}

/** A batch goes out each second: so many on their way are no news. */
const QUEUED_ON_THE_WAY = 2;

/** What its node has not taken yet, in batches, which are seconds; nothing where that is normal. */
export function waitingWords(row: Pick<PartnerRow, 'queued'>): string | null {
  return row.queued !== null && row.queued > QUEUED_ON_THE_WAY ? `${count(row.queued)} waiting` : null;
}

/** The partner to show, stepping through them; `null`: our own picture. */
export function viewAt(parties: readonly string[], digit: number): string | null {
  return digit === 0 ? null : (parties[digit - 1] ?? null);
}

/** One line of an accord's life: "2023-11-02 in force", "2028-11-02 term ends" marked as to come. */
export function eventLine(event: AccordEvent, nowMs: number): { date: string; what: string; toCome: boolean } {
  return { date: dateZ(event.time_ms), what: event.what, toCome: event.time_ms > nowMs };
}
