// What the console remembers on this computer. Storage may be forbidden or full; then it forgets.

import { ICAO, UNITS, type Units } from './units';

const KEY = 'entente.console';

export interface Prefs extends Units {
  theme: 'dark' | 'light';
  /** Minutes that speed vectors reach ahead; 0: there are none. */
  vectorMin: number;
  history: boolean;
  relief: boolean;
  /** Airspaces and borders. */
  airspace: boolean;
  /** Areas of responsibility and of accords. */
  areas: boolean;
  labels: LabelDetail;
  /** Tones for new alerts. */
  sound: boolean;
  /** How loud each is, 0 to 100; 0 is none at all. */
  loudWarning: number;
  loudCaution: number;
  loudAdvisory: number;
  left: boolean;
  right: boolean;
  table: boolean;
}

/** Lines a label has; `auto` shows more the fewer tracks are in view. */
export type LabelDetail = 'auto' | 'off' | 1 | 2 | 3;
export const LABEL_DETAILS: readonly LabelDetail[] = ['auto', 1, 2, 3, 'off'];
/** Minutes among which the map's tools choose. */
export const VECTOR_MINUTES = [1, 2, 3, 5] as const;
export const LOUDEST = 100;

/** Those that are one of a few. */
const CHOICES: { [K in keyof Prefs]?: readonly Prefs[K][] } = {
  ...UNITS,
  theme: ['dark', 'light'],
  vectorMin: [0, ...VECTOR_MINUTES],
  labels: LABEL_DETAILS,
};

/** What is set where nobody has chosen; a narrow screen begins with the map alone. */
export const defaults = (narrow: boolean): Prefs => ({
  ...ICAO,
  theme: 'dark',
  vectorMin: 1,
  history: true,
  relief: true,
  airspace: true,
  areas: false,
  labels: 'auto',
  sound: true,
  loudWarning: 50,
  loudCaution: 50,
  loudAdvisory: 50,
  left: !narrow,
  right: !narrow,
  table: !narrow,
});

function fits<K extends keyof Prefs>(key: K, value: unknown, standard: Prefs[K]): value is Prefs[K] {
  const choices: readonly unknown[] | undefined = CHOICES[key];
  if (choices) return choices.includes(value);
  if (typeof value === 'number') return typeof standard === 'number' && value >= 0 && value <= LOUDEST;
  return typeof value === typeof standard;
}

export function loadPrefs(storage: Pick<Storage, 'getItem'> | null, narrow: boolean): Prefs {
  const prefs = defaults(narrow);
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return prefs;
    for (const [key, value] of Object.entries(kept)) {
      if (Object.hasOwn(prefs, key) && fits(key as keyof Prefs, value, prefs[key as keyof Prefs])) {
        Object.assign(prefs, { [key]: value });
      }
    }
  } catch {
    // Not ours, or not readable: the defaults do.
  }
  return prefs;
}

export function savePrefs(storage: Pick<Storage, 'setItem'> | null, prefs: Prefs): void {
  try {
    storage?.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // Nothing depends on it.
  }
}

/** What was kept under this name; `null`: nothing, or nothing readable. */
export function loadKept(storage: Pick<Storage, 'getItem'> | null, name: string): unknown {
  try {
    return JSON.parse(storage?.getItem(`${KEY}.${name}`) ?? 'null');
  } catch {
    return null;
  }
}

export function keep(storage: Pick<Storage, 'setItem'> | null, name: string, value: unknown): void {
  try {
    storage?.setItem(`${KEY}.${name}`, JSON.stringify(value));
  } catch {
    // It holds for as long as the page does.
  }
}

/** The browser's storage, if it lets us. */
export function storageOf(world: { localStorage: Storage }): Storage | null {
  try {
    return world.localStorage;
  } catch {
    return null;
  }
}
