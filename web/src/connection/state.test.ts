import { describe, expect, it } from 'vitest';
import { connectionState, isStale, retryDelayMs, type LinkFacts } from './state';
import { connectionWords, spoken } from './words';

const NODE_MS = Date.UTC(2026, 0, 2, 14, 31, 50);

const facts = (more: Partial<LinkFacts> = {}): LinkFacts => ({
  phase: 'open',
  pictureLocalMs: 10_000,
  pictureMs: NODE_MS,
  dataAgeS: 0.5,
  source: 'live',
  attempts: 0,
  paused: false,
  ...more,
});

describe('connectionState', () => {
  const cases: [string, Partial<LinkFacts>, number, string][] = [
    ['fresh data are live', {}, 10_400, 'live'],
    ['four seconds behind is delayed', { dataAgeS: 4 }, 10_000, 'delayed'],
    ['data half a minute old are frozen though the node answers', { dataAgeS: 31 }, 10_000, 'frozen'],
    ['a node that stopped sending is frozen', {}, 15_001, 'frozen'],
    ['an instant that stands in replay stays one', { source: 'replay', paused: true }, 99_000, 'replay'],
    ['a lost connection is frozen at once', { phase: 'lost' }, 10_001, 'frozen'],
    ['a lost connection in replay is frozen', { phase: 'lost', source: 'replay' }, 10_001, 'frozen'],
    ['a recording is never live', { source: 'replay' }, 10_000, 'replay'],
    ['before any picture it connects', { pictureMs: null, pictureLocalMs: null }, 0, 'connecting'],
    ['no data from any sensor yet is said', { dataAgeS: null }, 10_000, 'waiting'],
    ['another protocol asks for a reload', { phase: 'outdated' }, 10_000, 'outdated'],
  ];
  it.each(cases)('%s', (_, more, now, kind) => {
    expect(connectionState(facts(more), now).kind).toBe(kind);
  });

  it('says since when nothing newer is known, by the age of the data', () => {
    const frozen = connectionState(facts({ phase: 'lost', dataAgeS: 2 }), 12_000);
    expect(frozen.sinceMs).toBe(NODE_MS - 2000);
    expect(connectionWords(frozen)).toMatchObject({ word: 'FROZEN', glyph: 'triangle', detail: 'since 14:31:48Z' });
    expect(spoken(frozen)).toContain('frozen since 14:31:48Z');
  });

  it('does not go back in time when the clock of this computer is set back', () => {
    expect(connectionState(facts(), 1_000)).toMatchObject({ kind: 'live', ageS: 0.5 });
  });

  it('draws only frozen and outdated pictures as stale', () => {
    expect(isStale('frozen')).toBe(true);
    expect(isStale('outdated')).toBe(true);
    expect(isStale('delayed')).toBe(false);
  });

  it('tries again soon, and never waits long', () => {
    expect(retryDelayMs(0)).toBe(250);
    expect(retryDelayMs(99)).toBe(3000);
  });
});
