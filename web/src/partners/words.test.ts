import { describe, expect, it } from 'vitest';
import type { TermRow } from '../generated/wire';
import { description } from '../picture/picture.fixture';
import { ident, trackNumber } from '../tracks/ident';
import { droppedWords, eventLine, life, linkWords, markOf, otherTexts, ownSuspensions, plotsWords, suspendedWords, termLine, termsWords, textWords, viewAt, waitingWords } from './words';

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

describe('under what a partner is told', () => {
  const term = (article: string, more: Partial<TermRow> = {}): TermRow => ({ accord: 'kaz-kgz', text: '3f2a91c0', approved_ms: null, article, title: null, lets_out: 'tracks', words: '', delay_s: 0, ...more });

  it('names each accord once, its text, its articles and how late they tell', () => {
    expect(termsWords([term('1'), term('2')]).short).toBe('kaz-kgz text 3f2a91c0 §1, §2, delay 0 s');
    const others = [term('5', { accord: 'csto', text: null, delay_s: 60 }), term('5', { accord: 'csto', text: null, lets_out: 'alerts' })];
    expect(termsWords([...others, term('1')]).short).toBe('csto §5 · kaz-kgz text 3f2a91c0 §1, delay 0 to 60 s');
    expect(termsWords(['1', '2', '3', '4', '5', '6'].map((n) => term(n, { text: null }))).short).toBe('kaz-kgz §1, §2, §3, §4, +2, delay 0 s');
  });

  it('says so where nothing is let out, whatever a caveat keeps besides', () => {
    expect(termsWords([]).short).toBe('no article in force lets anything out');
    expect(termsWords([term('Z1', { lets_out: null })]).short).toBe('no article in force lets anything out');
  });

  it('tells each in full: what it lets out and how exactly, or what it keeps', () => {
    expect(termLine(term('1', { title: 'Near the border', words: 'position to 1 NM' }))).toBe('kaz-kgz article 1: Near the border; tracks; position to 1 NM');
    expect(termLine(term('Z1', { lets_out: null, words: 'keeps back all that it names' }))).toBe('kaz-kgz caveat Z1: keeps back all that it names');
  });
});

it('says what waits for a partner only where more waits than is on its way', () => {
  expect(waitingWords({ queued: null })).toBeNull();
  expect(waitingWords({ queued: 1 })).toBeNull();
  expect(waitingWords({ queued: 1200 })).toMatch(/^1.?200 waiting$/);
});

it('says what became of plots, and only of what there is', () => {
  expect(plotsWords({ plots: null })).toEqual([]);
  const plots = { joined: 812, known: 0, late: 12, apart: 0, alone: 0, beyond: 1 };
  expect(plotsWords({ plots })).toEqual(['its plots: 812 joined, 12 too late, 1 too many']);
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

it('a suspension by a partner is said with its instant and its accord', () => {
  const suspended = [{ accord: 'kaz-rus', since_ms: Date.UTC(2026, 10, 24, 12, 0, 2) }];
  expect(suspendedWords({ party: 'KAZ', suspended })).toEqual(['off since 2026-11-24 12:00:02Z by KAZ: kaz-rus']);
});

it('says by which text another party goes, and that it is another than here', () => {
  const at_ms = Date.UTC(2026, 10, 24, 12, 0, 2);
  const texts = [
    { party: 'KAZ', at_ms, same: false },
    { party: 'RUS', at_ms, same: true },
  ];
  expect(textWords({ texts })).toEqual([
    { words: 'KAZ goes by another text than this node, approved there 2026-11-24 12:00:02Z', same: false },
    { words: 'RUS goes by the same text, approved there 2026-11-24 12:00:02Z', same: true },
  ]);
  expect(textWords({})).toEqual([]);
});

it('a partner\'s line says what this party has suspended towards it and of which accord it has another text', () => {
  const texts = [{ party: 'RUS', at_ms: 0, same: false }];
  const accords = [
    { id: 'six', status: 'suspended by KAZ, KGZ towards RUS and TJK; in force until 2029', texts },
    { id: 'two', status: 'suspended by KGZ; in force', texts: [] },
    { id: 'old', status: 'suspended by KAZ; in force' },
  ];
  expect(ownSuspensions('RUS', 'KGZ', accords)).toEqual(['off by KGZ: six', 'off by KGZ: two']);
  expect(ownSuspensions('BLR', 'KGZ', accords)).toEqual(['off by KGZ: two']);
  expect(ownSuspensions('RUS', 'KAZ', accords)).toEqual(['off by KAZ: six', 'off by KAZ: old']);
  expect(otherTexts('RUS', accords)).toEqual(['goes by another text of six than this node']);
  expect(otherTexts('KAZ', accords)).toEqual([]);
});

describe('the life of an accord', () => {
  const day = (n: number): number => n * 86_400_000;
  const timeline = [
    { time_ms: day(0), what: 'signed (Moscow)' },
    { time_ms: day(10), what: 'ratified by KGZ' },
    { time_ms: day(20), what: 'in force' },
    { time_ms: day(40), what: 'suspended by KGZ (dispute)' },
    { time_ms: day(50), what: 'resumed by KGZ' },
    { time_ms: day(60), what: 'notice given by RUS' },
    { time_ms: day(100), what: 'ended: its term ended' },
  ];

  it('is a line from signature to end, with where it holds and where it is suspended', () => {
    const line = life(timeline, day(45))!;
    expect(line.force).toEqual([[0.2, 1]]);
    expect(line.suspended).toEqual([[0.4, 0.5]]);
    expect(line.now).toBe(0.45);
    expect(line.marks.map((mark) => mark.mark)).toEqual(['signed', 'signed', 'force', 'suspended', 'resumed', 'notice', 'end']);
    expect(line.marks.at(-1)).toMatchObject({ at: 1, toCome: true });
  });

  it('runs to now where no end is known, and is none without events', () => {
    expect(life(timeline.slice(0, 4), day(80))!.suspended).toEqual([[0.5, 1]]);
    expect(life([], 0)).toBeNull();
    expect(markOf({ time_ms: 0, what: 'act of renewal' })).toBe('other');
  });
});

it('says that all which waited was dropped, and why', () => {
  expect(droppedWords({ dropped: null })).toEqual([]);
  const dropped = { at_ms: Date.UTC(2026, 10, 24, 12, 0, 2), why: 'suspended by KAZ' };
  expect(droppedWords({ dropped })).toEqual(['12:00:02Z all that waited was dropped: suspended by KAZ']);
});
