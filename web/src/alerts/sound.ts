// One figure of tones for each severity, told apart by how often they sound as well as by their pitch.

import type { AlertRow, AlertSeverity } from '../generated/wire';
import { calls } from './words';

const ORDER: readonly AlertSeverity[] = ['advisory', 'caution', 'warning'];

/** What to sound for a list of alerts: the most urgent of those that newly call somebody; `null`: nothing. */
export function soundOf(before: ReadonlySet<number> | null, rows: readonly AlertRow[], nowMs: number): AlertSeverity | null {
  // What stood there when the page was opened is no news.
  if (before === null) return null;
  const fresh = rows.filter((row) => calls(row, nowMs) && !before.has(row.id)).map((row) => row.severity);
  return [...ORDER].reverse().find((severity) => fresh.includes(severity)) ?? null;
}

export interface Tones {
  hz: number;
  times: number;
}

export const TONES: Record<AlertSeverity, Tones> = {
  warning: { hz: 880, times: 3 },
  caution: { hz: 660, times: 2 },
  advisory: { hz: 440, times: 1 },
};

const TONE_S = 0.16;
const PAUSE_S = 0.1;
const LOUDNESS = 0.2;
/** Tones that begin and end at once click. */
const RAMP_S = 0.02;

let context: AudioContext | null = null;

/** Sounds it, where the browser lets a page sound: after the first key or click of whoever sits there. */
export function sound(severity: AlertSeverity): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    const { hz, times } = TONES[severity];
    for (let i = 0; i < times; i += 1) tone(context, hz, context.currentTime + i * (TONE_S + PAUSE_S));
  } catch {
    // A computer without sound: the list and the voice say the same.
  }
}

function tone(audio: AudioContext, hz: number, atS: number): void {
  const oscillator = audio.createOscillator();
  const loudness = audio.createGain();
  oscillator.frequency.value = hz;
  loudness.gain.setValueAtTime(0, atS);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, atS + RAMP_S);
  loudness.gain.setValueAtTime(LOUDNESS, atS + TONE_S - RAMP_S);
  loudness.gain.linearRampToValueAtTime(0, atS + TONE_S);
  oscillator.connect(loudness).connect(audio.destination);
  oscillator.start(atS);
  oscillator.stop(atS + TONE_S);
}
