// One figure of tones for each severity, told apart by how often they sound as well as by their pitch.

import type { AlertCall, AlertSeverity } from '../generated/wire';
import { LOUDEST, type Prefs } from '../shell/prefs';

const ORDER: readonly AlertSeverity[] = ['advisory', 'caution', 'warning'];

/** How loud each is, 0 to 100. */
export type Loudness = Record<AlertSeverity, number>;

/** Under which name each is kept. */
export const LOUD_KEY = { warning: 'loudWarning', caution: 'loudCaution', advisory: 'loudAdvisory' } as const satisfies Record<AlertSeverity, keyof Prefs>;

export const loudnessOf = (prefs: Prefs): Loudness => ({ warning: prefs.loudWarning, caution: prefs.loudCaution, advisory: prefs.loudAdvisory });

/** What to sound for those that newly call: the most urgent that is not silent; `null`: nothing. */
export const soundOf = (fresh: readonly AlertCall[], loudness: Loudness): AlertSeverity | null =>
  [...ORDER].reverse().find((severity) => loudness[severity] > 0 && fresh.some((call) => call.severity === severity)) ?? null;

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
/** Gain at the loudest setting; half of that setting is a quarter of it, as ears go. */
const GAIN_MAX = 0.8;
/** Tones that begin and end at once click. */
const RAMP_S = 0.02;

let context: AudioContext | null = null;

/** Sounds it this loud (0 to 100), where the browser lets a page sound: after the first key or click of whoever
 *  sits there. */
export function sound(severity: AlertSeverity, loudness: number): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    const { hz, times } = TONES[severity];
    for (let i = 0; i < times; i += 1) tone(context, hz, gainOf(loudness), context.currentTime + i * (TONE_S + PAUSE_S));
  } catch {
    // A computer without sound: the list and the voice say the same.
  }
}

export const gainOf = (loudness: number): number => GAIN_MAX * (loudness / LOUDEST) ** 2;

function tone(audio: AudioContext, hz: number, gain: number, atS: number): void {
  const oscillator = audio.createOscillator();
  const loudness = audio.createGain();
  oscillator.frequency.value = hz;
  loudness.gain.setValueAtTime(0, atS);
  loudness.gain.linearRampToValueAtTime(gain, atS + RAMP_S);
  loudness.gain.setValueAtTime(gain, atS + TONE_S - RAMP_S);
  loudness.gain.linearRampToValueAtTime(0, atS + TONE_S);
  oscillator.connect(loudness).connect(audio.destination);
  oscillator.start(atS);
  oscillator.stop(atS + TONE_S);
}
