// How a sensor's health is worded and ordered. Pure.

import type { SensorHealth, SensorRow } from '../generated/wire';
import { age } from '../shell/format';
import { t, told } from '../language/language';

export interface HealthWords {
  glyph: 'dot' | 'diamond' | 'triangle' | 'ring';
  word: string;
  tone: 'good' | 'caution' | 'warning' | 'muted';
}

const WORDS: Record<SensorHealth, HealthWords> = {
  good: { glyph: 'dot', word: t`good¦sensor`, tone: 'good' },
  degraded: { glyph: 'diamond', word: t`degraded¦sensor`, tone: 'caution' },
  silent: { glyph: 'triangle', word: t`silent¦sensor`, tone: 'warning' },
  waiting: { glyph: 'ring', word: t`waiting¦sensor`, tone: 'muted' },
};

export const healthWords = (health: SensorHealth): HealthWords => WORDS[health];

/** `11 of 12 good` */
export function summary(rows: readonly SensorRow[]): string {
  const good = rows.filter((row) => row.health === 'good').length;
  return t`${good} of ${rows.length} good`;
}

/** When it was last heard: `0.4 s ago`, or `never heard`. */
export function lastHeard(row: SensorRow): string {
  return row.silent_ms === null ? t`never heard` : t`${age(row.silent_ms / 1000)} ago`;
}

/** A defect's name as words: `crc_mismatch` → `crc mismatch`. */
export const defectWords = (name: string): string => told(name.replaceAll('_', ' '));
