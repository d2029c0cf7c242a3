import { describe, expect, it } from 'vitest';
import { description } from '../picture/picture.fixture';
import { ident, trackNumber } from '../tracks/ident';
import { eventLine, linkWords, viewAt, waitingWords } from './words';

describe('a link in words', () => {
  it('says how long ago an open link spoke, and calls a long silence one', () => {
    expect(linkWords({ link: 'up', note: null, silent_ms: 800 })).toMatchObject({ glyph: 'dot', tone: 'good' });
    expect(linkWords({ link: 'up', note: null, silent_ms: 9_000 })).toMatchObject({ glyph: 'diamond', tone: 'caution' });
  });

  it('tells a link that is off from one that never was', () => {
    expect(linkWords({ link: 'down', note: null, silent_ms: 61_000 }).words).toMatch(/^off, last heard /);
    expect(linkWords({ link: 'waiting', note: null, silent_ms: null }).words).toBe('never linked');
  });
});

it('says what waits for a partner only where more waits than is on its way', () => {
  expect(waitingWords({ queued: null })).toBeNull();
  expect(waitingWords({ queued: 1 })).toBeNull();
  expect(waitingWords({ queued: 1200 })).toMatch(/^1.?200 waiting$/);
});

it('Alt and a digit name a partner, nought our own picture, a digit too many nobody', () => {
  expect(viewAt(['KAZ', 'RUS'], 2)).toBe('RUS');
  expect(viewAt(['KAZ', 'RUS'], 0)).toBeNull();
  expect(viewAt(['KAZ', 'RUS'], 3)).toBeNull();
});

it('an accord event is past or still to come', () => {
  const term = { time_ms: Date.UTC(2028, 10, 2), what: 'term ends' };
  expect(eventLine(term, Date.UTC(2026, 0, 1))).toEqual({ date: '2028-11-02', what: 'term ends', toCome: true });
  expect(eventLine(term, Date.UTC(2029, 0, 1)).toCome).toBe(false);
});

it('a track that a partner alone tells bears its name and number', () => {
  const words = [{ party: 'KAZ', number: 31, identity: null }];
  expect(ident(description(2 ** 31 + 31, { told: true, words }), 2 ** 31 + 31)).toBe('KAZ:31');
  expect(trackNumber(2 ** 31 + 2 ** 24 * 3 + 31)).toBe('PN 0031');
});
