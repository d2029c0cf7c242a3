// What the console remembers on this computer. Storage may be forbidden or full; then it forgets.

const KEY = 'entente.console';

export interface Prefs {
  theme: 'dark' | 'light';
  vectorMin: number;
  history: boolean;
  relief: boolean;
  /** Tones for new alerts. */
  sound: boolean;
  left: boolean;
  right: boolean;
  table: boolean;
}

export function loadPrefs(storage: Pick<Storage, 'getItem'> | null, narrow: boolean): Prefs {
  const prefs: Prefs = {
    theme: 'dark',
    vectorMin: 1,
    history: true,
    relief: true,
    sound: true,
    left: !narrow,
    right: !narrow,
    table: !narrow,
  };
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return prefs;
    for (const [key, value] of Object.entries(kept)) {
      if (key in prefs && typeof value === typeof prefs[key as keyof Prefs]) {
        Object.assign(prefs, { [key]: value });
      }
    }
    if (prefs.theme !== 'dark' && prefs.theme !== 'light') prefs.theme = 'dark';
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
