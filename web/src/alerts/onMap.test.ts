import { describe, expect, it } from 'vitest';
import type { AlertRow } from '../generated/wire';
import { alertTag, trackAlerts } from './onMap';

const row = (more: Partial<AlertRow>): AlertRow =>
  ({ id: 1, rule: 'border_predicted', severity: 'warning', state: 'new', tracks: [7], predicted_ms: null, ...more }) as AlertRow;

describe('alerts on the map', () => {
  it('tag the label of each track that they are about, with the minutes that are left', () => {
    const found = trackAlerts([row({ tracks: [7, 8], predicted_ms: 170_000 })], 0);
    expect([...found]).toEqual([
      [7, { severity: 'warning', tag: '▲BX 3m', all: ['BX'] }],
      [8, { severity: 'warning', tag: '▲BX 3m', all: ['BX'] }],
    ]);
  });

  it('are worn by tracks of alerts on other pages of the list, too', () => {
    const ring = { rule: 'lost_transponder', severity: 'caution' as const, tracks: [9], predicted_ms: null };
    expect([...trackAlerts([row({}), ring], 0).keys()]).toEqual([7, 9]);
    expect(trackAlerts([ring], 0).get(9)?.tag).toBe('◆LX');
  });

  it('show the most urgent where a track has several', () => {
    const rows = [row({ rule: 'conflict', severity: 'caution' }), row({ rule: 'emergency' }), row({ rule: 'position_disagreement', severity: 'caution' })];
    expect(trackAlerts(rows, 0).get(7)).toMatchObject({ severity: 'warning', tag: '▲EM' });
  });

  it('say the most urgent in the label, and how many there are beside it', () => {
    const found = trackAlerts([row({}), row({ rule: 'conflict', severity: 'caution' }), row({ rule: 'emergency' })], 0).get(7)!;
    expect(alertTag(found, null)).toBe('▲BX +2');
    // What the code says by itself stands first, and is not one more.
    expect(alertTag(found, 'EM')).toBe('▲EM +2');
    expect(alertTag(trackAlerts([row({ rule: 'emergency' })], 0).get(7)!, 'EM')).toBe('▲EM');
    expect([alertTag(null, null), alertTag(null, 'RF')]).toEqual(['', '▲RF']);
  });

  it('are gone when they have ended, and have no tag where the rule has none', () => {
    expect(trackAlerts([row({ state: 'ended' })], 0).size).toBe(0);
    expect(trackAlerts([row({ rule: 'site.night', severity: 'caution' })], 0).get(7)?.tag).toBe('');
  });
});
