import { describe, expect, it } from 'vitest';
import { description, picture } from './picture.fixture';
import { HISTORY_SPACING_MS, LOST_SHOWN_MS, PictureStore, applyPicture } from './store';

const full = { full: true };

describe('applyPicture', () => {
  it('starts only from a full picture', () => {
    const store = new PictureStore();
    expect(applyPicture(store, picture(5, 1000, [{ number: 1 }]))).toBe('gap');
    expect(store.size).toBe(0);
    expect(applyPicture(store, picture(5, 1000, [{ number: 1 }], full))).toBe('applied');
    expect(store.size).toBe(1);
  });

  it('says gap when a message is missing and leaves the picture as it was', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1, lat: 50 }], full));
    expect(applyPicture(store, picture(2, 3000, [{ number: 1, lat: 51 }]))).toBe('gap');
    expect(store.latDeg[store.rowOf.get(1)!]).toBe(50);
    expect(store.timeMs).toBe(1000);
  });

  it('keeps absent apart from zero', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1 }], full));
    expect(store.levelFt[0]).toBeNaN();
    expect(store.climbFpm[0]).toBeNaN();
  });

  it('forgets with a full picture what that picture does not hold', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1 }, { number: 2 }], full));
    applyPicture(store, picture(0, 2000, [{ number: 2 }], full));
    expect([...store.rowOf.keys()]).toEqual([2]);
  });

  it('marks an ended track where it was, for a minute', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1 }], { ...full, descriptions: [description(1, { callsign: 'BAW1' })] }));
    applyPicture(store, picture(1, 2000, [], { ended: [{ number: 1, reason: 'lost', successor: null }] }));
    expect(store.size).toBe(0);
    expect(store.lost[0]).toMatchObject({ number: 1, reason: 'lost', description: { callsign: 'BAW1' } });
    applyPicture(store, picture(2, 2000 + LOST_SHOWN_MS + 1, []));
    expect(store.lost).toEqual([]);
  });

  it('leaves a dot where a real update was, spaced in time, and none while it coasts', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1, lon: 10 }], full));
    applyPicture(store, picture(1, 2000, [{ number: 1, lon: 11, ageMs: 1000 }]));
    expect(store.history(0)).toEqual([]);
    applyPicture(store, picture(2, 3000, [{ number: 1, lon: 12 }]));
    expect(store.history(0).map((dot) => dot.ms)).toEqual([1000]);
    applyPicture(store, picture(3, 4000, [{ number: 1, lon: 13 }]));
    expect(store.history(0)).toHaveLength(1);
    const later = 3000 + HISTORY_SPACING_MS;
    applyPicture(store, picture(4, later, [{ number: 1, lon: 14 }]));
    applyPicture(store, picture(5, later + 1000, [{ number: 1, lon: 15 }]));
    expect(store.history(0).map((dot) => dot.ms)).toEqual([later, 1000]);
  });

  it('does not take rounding of the same update for a new one', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1, lon: 10 }], full));
    applyPicture(store, picture(1, 20_000, [{ number: 1, lon: 11 }]));
    applyPicture(store, picture(2, 21_000, [{ number: 1, lon: 12, ageMs: 999 }]));
    expect(store.history(0)).toHaveLength(1);
    expect(store.fixX[0]).toBeCloseTo((11 + 180) / 360);
  });

  it('marks a lost track where it was last heard, not where it was predicted', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1, lon: 10 }], full));
    applyPicture(store, picture(1, 9000, [{ number: 1, lon: 11, ageMs: 8000 }]));
    applyPicture(store, picture(2, 10_000, [], { ended: [{ number: 1, reason: 'lost', successor: null }] }));
    expect(store.lost[0]!.x).toBeCloseTo((10 + 180) / 360);
  });

  it('drops the dots when another node process numbers its own tracks', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 1000, [{ number: 1 }], full));
    applyPicture(store, picture(1, 2000, [{ number: 1 }]));
    store.otherNode = true;
    applyPicture(store, picture(0, 3000, [{ number: 1 }], full));
    expect(store.history(store.rowOf.get(1)!)).toEqual([]);
  });

  it('uses rows again, so that a long shift does not grow the store', () => {
    const store = new PictureStore();
    applyPicture(store, picture(0, 0, [], full));
    for (let i = 1; i <= 2000; i += 1) {
      const ended = i > 1 ? [{ number: i - 1, reason: 'lost', successor: null }] : [];
      applyPicture(store, picture(i, i * 1000, [{ number: i }], { ended }));
    }
    expect(store.size).toBe(1);
    expect(store.capacity).toBe(256);
  });
});
