import { describe, expect, it } from 'vitest';
import { loadPrefs, savePrefs, storageOf } from './prefs';

describe('prefs', () => {
  const kept = (text: string | null) => ({ getItem: () => text });

  it('keeps to the defaults when what is stored is broken or forbidden', () => {
    const defaults = loadPrefs(null, false);
    for (const text of [null, '{', '7', 'null', '{"theme":"pink","left":"yes","other":1}', '{"distance":"mi","labels":4,"vectorMin":7,"loudWarning":101}', '{"toString":1}']) {
      expect(loadPrefs(kept(text), false)).toEqual(defaults);
    }
    const forbidding = {
      get localStorage(): Storage {
        throw new Error('denied');
      },
    };
    expect(storageOf(forbidding)).toBeNull();
  });

  it('brings back what was saved', () => {
    let stored = '';
    const prefs = { ...loadPrefs(null, false), theme: 'light' as const, vectorMin: 3, labels: 2 as const, height: 'm' as const, loudCaution: 0 };
    savePrefs({ setItem: (_, text) => (stored = text) }, prefs);
    expect(loadPrefs(kept(stored), true)).toEqual(prefs);
  });
});
