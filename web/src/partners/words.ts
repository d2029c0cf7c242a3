// What the partners panel says of links and accords. Pure.

import type { AccordEvent, AccordRow, PartnerRow, TermRow } from '../generated/wire';
import type { GlyphShape } from '../shell/Glyph';
import { age, count, dateZ, timeZ } from '../shell/format';
import { t, told } from '../language/language';

/** Articles of one accord in a band: `kaz-kgz §1, §2`. */
const ARTICLES_SHOWN = 4;

/** Under what a partner is told now, and how late: short for the band, whole for its title. */
export function termsWords(terms: readonly TermRow[]): { short: string; whole: string } {
  const grants = terms.filter((term) => term.lets_out !== null);
  if (grants.length === 0) {
    const words = t`no article in force lets anything out`;
    return { short: words, whole: words };
  }
  const parts: string[] = [];
  for (const accord of new Set(grants.map((term) => term.accord))) {
    const of = grants.filter((term) => term.accord === accord);
    const articles = [...new Set(of.map((term) => `§${term.article}`))];
    const more = articles.length > ARTICLES_SHOWN ? [`+${articles.length - ARTICLES_SHOWN}`] : [];
    const text = of[0]!.text === null ? '' : ` ${t`text ${of[0]!.text}`}`;
    parts.push(`${accord}${text} ${[...articles.slice(0, ARTICLES_SHOWN), ...more].join(', ')}`);
  }
  const delays = grants.map((term) => term.delay_s);
  const [least, most] = [Math.min(...delays), Math.max(...delays)];
  const late = least === most ? t`delay ${least} s` : t`delay ${least} to ${most} s`;
  return { short: `${parts.join(' · ')}, ${late}`, whole: terms.map(termLine).join('\n') };
}

/** One of them in full. */
export function termLine(term: TermRow): string {
  const name = term.lets_out === null ? t`${term.accord} caveat ${term.article}` : t`${term.accord} article ${term.article}`;
  const parts = [term.title ?? '', term.lets_out ?? '', term.words];
  return `${name}: ${parts.filter(Boolean).join('; ')}`;
}

export interface LinkWords {
  glyph: GlyphShape;
  tone: 'good' | 'caution' | 'muted';
  words: string;
}

/** A partner sends every second; this long without a word on an open link is worth a look. */
const SLOW_MS = 5_000;

export function linkWords(row: Pick<PartnerRow, 'link' | 'note' | 'silent_ms'>): LinkWords {
  const heard = row.silent_ms === null ? null : age(row.silent_ms / 1000);
  if (row.link === 'up' && row.silent_ms !== null && row.silent_ms > SLOW_MS) {
    return { glyph: 'diamond', tone: 'caution', words: t`silent ${heard}` };
  }
  if (row.link === 'up') return { glyph: 'dot', tone: 'good', words: heard === null ? t`linked` : t`${heard} ago` };
  const since = heard === null ? '' : `, ${t`last heard ${heard} ago`}`;
  if (row.link === 'down') return { glyph: 'ring', tone: 'caution', words: t`off¦link` + since };
  return { glyph: 'ring', tone: 'muted', words: t`never linked` };
}

/** A batch goes out each second: so many on their way are no news. */
const QUEUED_ON_THE_WAY = 2;

/** What its node has not taken yet, in batches, which are seconds; nothing where that is normal. */
export function waitingWords(row: Pick<PartnerRow, 'queued'>): string | null {
  return row.queued !== null && row.queued > QUEUED_ON_THE_WAY ? t`${count(row.queued)} waiting` : null;
}

/** The partner to show, stepping through them; `null`: our own picture. */
export function viewAt(parties: readonly string[], digit: number): string | null {
  return digit === 0 ? null : (parties[digit - 1] ?? null);
}

/** One line of an accord's life: "2023-11-02 in force", "2028-11-02 term ends" marked as to come. */
export function eventLine(event: AccordEvent, nowMs: number): { date: string; what: string; toCome: boolean } {
  return { date: dateZ(event.time_ms), what: told(event.what), toCome: event.time_ms > nowMs };
}

/** `off since 2026-11-24 12:00:02Z by KAZ: kaz-rus`, for each accord that the partner has suspended. */
export function suspendedWords(row: Pick<PartnerRow, 'party' | 'suspended'>): string[] {
  return row.suspended.map(({ accord, since_ms }) => t`off since ${dateZ(since_ms)} ${timeZ(since_ms)} by ${row.party}: ${accord}`);
}

/** The name by which people approve a text, as partners and ledgers are told it. */
export const hashWords = ({ sha256 }: { sha256: string }): string => `SHA-256 ${sha256}`;

/** By which text of an accord the other parties go, where people approved it there: `KAZ goes by another text, approved there …`. */
export function textWords(accord: Pick<AccordRow, 'texts'>): { words: string; same: boolean }[] {
  return (accord.texts ?? []).map(({ party, at_ms, same }) => {
    const when = `${dateZ(at_ms)} ${timeZ(at_ms)}`;
    return { words: same ? t`${party} goes by the same text, approved there ${when}` : t`${party} goes by another text than this node, approved there ${when}`, same };
  });
}

/** The accords by which a partner goes in another text than is here, one line each. */
export function otherTexts(party: string, accords: readonly Pick<AccordRow, 'id' | 'texts'>[]): string[] {
  return accords.filter(({ texts }) => texts?.some((text) => text.party === party && !text.same)).map(({ id }) => t`goes by another text of ${id} than this node`);
}

/** What this party itself has suspended towards a partner, one line each. */
export function ownSuspensions(party: string, own: string, accords: readonly Pick<AccordRow, 'id' | 'status'>[]): string[] {
  return accords.filter(({ status }) => suspendsTowards(status, own, party)).map(({ id }) => t`off by ${own}: ${id}`);
}

/** Whether a status (`suspended by KAZ, KGZ towards RUS and TJK; in force`) has `own` suspend towards `party`. */
function suspendsTowards(status: string, own: string, party: string): boolean {
  const [, by] = /^suspended by ([^;]*);/.exec(status) ?? [];
  return (by ?? '').split(', ').some((one) => {
    const [who, towards] = one.split(' towards ');
    return who === own && (towards === undefined || towards.split(' and ').includes(party));
  });
}

/** `12:00:02Z all that waited was dropped: the accord is suspended`, for an hour. */
export function droppedWords({ dropped }: Pick<PartnerRow, 'dropped'>): string[] {
  return dropped ? [t`${timeZ(dropped.at_ms)} all that waited was dropped: ${dropped.why}`] : [];
}

/** What became of the plots that came behind its tracks: `plots: 812 joined, 12 too late`; nothing where none came. */
export function plotsWords({ plots }: Pick<PartnerRow, 'plots'>): string[] {
  if (!plots) return [];
  const left = [
    plots.known > 0 && t`${count(plots.known)} known already`,
    plots.alone > 0 && t`${count(plots.alone)} of no track here`,
    plots.late > 0 && t`${count(plots.late)} too late`,
    plots.apart > 0 && t`${count(plots.apart)} off the target`,
    plots.beyond > 0 && t`${count(plots.beyond)} too many`,
  ];
  return [[t`its plots: ${count(plots.joined)} joined`, ...left.filter((words) => words !== false)].join(', ')];
}

export type Mark = 'signed' | 'force' | 'end' | 'notice' | 'suspended' | 'resumed' | 'other';

const MARKS: readonly [RegExp, Mark][] = [
  [/^(signed|ratified|deposited)/, 'signed'],
  [/^(in force|renewed)/, 'force'],
  [/^(ended|term ends)/, 'end'],
  [/^(notice|last instant for notice)/, 'notice'],
  [/^suspended/, 'suspended'],
  [/^resumed/, 'resumed'],
];

export const markOf = (event: AccordEvent): Mark => MARKS.find(([words]) => words.test(event.what))?.[1] ?? 'other';

export interface Life {
  /** Where each event stands, from 0 to 1. */
  marks: { at: number; mark: Mark; title: string; toCome: boolean }[];
  /** From where to where it is in force, and within that suspended. */
  force: [number, number][];
  suspended: [number, number][];
  now: number;
}

/** An accord's life as a line: from its first event to the last one known, now included. */
export function life(timeline: readonly AccordEvent[], nowMs: number): Life | null {
  if (timeline.length === 0) return null;
  const first = Math.min(nowMs, ...timeline.map((event) => event.time_ms));
  const last = Math.max(nowMs, ...timeline.map((event) => event.time_ms));
  const at = (ms: number): number => (last === first ? 0 : (ms - first) / (last - first));
  const spans = (begins: Mark, ends: readonly Mark[]): [number, number][] => {
    const found: [number, number][] = [];
    let since: number | null = null;
    for (const event of timeline) {
      const mark = markOf(event);
      if (mark === begins && since === null) since = event.time_ms;
      else if (ends.includes(mark) && since !== null) {
        found.push([at(since), at(event.time_ms)]);
        since = null;
      }
    }
    if (since !== null) found.push([at(since), 1]);
    return found;
  };
  return {
    marks: timeline.map((event) => ({ at: at(event.time_ms), mark: markOf(event), title: `${dateZ(event.time_ms)} ${told(event.what)}`, toCome: event.time_ms > nowMs })),
    force: spans('force', ['end']),
    suspended: spans('suspended', ['resumed', 'end']),
    now: at(nowMs),
  };
}
