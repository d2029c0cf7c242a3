// What a track is called and what its codes say. Pure.

import type { TrackDescription } from '../generated/wire';

/** `TN 2417` */
export const trackNumber = (number: number): string => `TN ${String(number).padStart(4, '0')}`;

/** The name operators say: callsign, else Mode A code, else track number. */
export function ident(description: TrackDescription | null, number: number): string {
  return description?.callsign?.trim() || description?.squawk || trackNumber(number);
}

export interface CodeTag {
  tag: 'EM' | 'RF' | 'HJ';
  words: string;
}

const EMERGENCY: Record<string, CodeTag> = {
  '7700': { tag: 'EM', words: 'emergency' },
  '7600': { tag: 'RF', words: 'radio failure' },
  '7500': { tag: 'HJ', words: 'unlawful interference' },
};

/** What one of the three distress codes means; `null` for any other code. */
export const codeTag = (squawk: string | null | undefined): CodeTag | null =>
  (squawk && EMERGENCY[squawk]) || null;
