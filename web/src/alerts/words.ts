// What the alert list says: pure functions of what the node told.

import type { AlertCall, AlertRow, AlertSeverity, Alerts, PartnerAlertRow } from '../generated/wire';
import { timeZ } from '../shell/format';
import type { GlyphShape } from '../shell/Glyph';
import { listed, plural, t, told } from '../language/language';

/** A shape for every severity: its colour is never alone. */
export const SEVERITY_GLYPH: Record<AlertSeverity, GlyphShape> = {
  warning: 'triangle',
  caution: 'diamond',
  advisory: 'dot',
};

/** `3 cautions` */
const SO_MANY: Record<AlertSeverity, (n: number) => string> = {
  warning: (n) => plural(n, '{n} warning', '{n} warnings'),
  caution: (n) => plural(n, '{n} caution', '{n} cautions'),
  advisory: (n) => plural(n, '{n} advisory', '{n} advisories'),
};

export const SEVERITY_WORDS: Record<AlertSeverity, string> = {
  warning: t`warning`,
  caution: t`caution`,
  advisory: t`advisory`,
};

/** Open alerts by severity, most urgent first; those there are none of are left out. */
export function openCounts(list: Alerts): { severity: AlertSeverity; n: number; words: string }[] {
  const order: AlertSeverity[] = ['advisory', 'caution', 'warning'];
  return order
    .map((severity, i) => ({ severity, n: list.open[i] ?? 0 }))
    .filter(({ n }) => n > 0)
    .reverse()
    .map(({ severity, n }) => ({ severity, n, words: SO_MANY[severity](n) }));
}

/** How long until what it warns of: "in 2 min 10 s", "now", or since when it stands. */
export function whenWords(row: AlertRow, nowMs: number): string {
  if (row.state === 'ended') return row.ended_for === null ? t`ended` : told(row.ended_for);
  if (row.predicted_ms !== null) {
    const s = Math.round((row.predicted_ms - nowMs) / 1000);
    return s <= 0 ? t`now` : t`in ${span(s)}`;
  }
  return t`for ${span(Math.max(0, Math.round((nowMs - row.opened_ms) / 1000)))}`;
}

/** Seconds as a person says them: "48 s", "2 min 10 s", "1 h 5 min". */
export function span(s: number): string {
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.floor(s / 60) % 60;
  return minutes === 0 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${minutes} min`;
}

/** Whether it still calls somebody: open, not seen since its severity last rose, and not muted. */
export const calls = (row: AlertRow, nowMs: number): boolean =>
  (row.state === 'new' || (row.rose_since && row.state !== 'ended')) && !(row.muted !== null && row.muted.until_ms > nowMs);

/** Why it needs no acknowledgement; `null`: it may be acknowledged, or again where its severity rose. */
export function needsNone(row: AlertRow): string | null {
  if (row.state === 'ended') return t`It has ended.`;
  return row.acknowledged && !row.rose_since ? t`${row.acknowledged.by} has acknowledged it.` : null;
}

/** What is known of those who called before: when the list was of, and who called. */
export interface Heard {
  atMs: number;
  calls: ReadonlySet<string>;
}

// One that eases and rises again calls anew, under the number that it has.
const callOf = (call: AlertCall): string => `${call.alert} ${call.since_ms}`;

/** Those that newly call, on whichever page of the list they are, and what is known from then on. What stood there
 *  when the page was opened is no news, nor is what no longer is muted. The past calls nobody, and what comes after
 *  it begins anew. */
export function hear(before: Heard | null, list: Alerts, live: boolean): { heard: Heard | null; fresh: AlertCall[] } {
  if (!live) return { heard: null, fresh: [] };
  const fresh = before === null ? [] : list.calls.filter((call) => call.since_ms >= before.atMs && !before.calls.has(callOf(call)));
  return { heard: { atMs: list.time_ms, calls: new Set(list.calls.map(callOf)) }, fresh };
}

/** Who has seen it, put it away for a while or into an incident, in one line. */
export const heededWords = (row: AlertRow): string =>
  [
    row.rose_since && row.state !== 'ended' && t`new again: its severity rose`,
    row.incident,
    row.acknowledged && t`seen by ${row.acknowledged.by}`,
    row.muted && t`muted until ${timeZ(row.muted.until_ms)}`,
  ]
    .filter(Boolean)
    .join(' · ');

/** The next row after the one with this id that calls, round the end; `null`: none does. */
export function nextAfter(rows: readonly AlertRow[], id: number | null, nowMs: number): AlertRow | null {
  const at = rows.findIndex((row) => row.id === id);
  const around = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  return around.find((row) => calls(row, nowMs)) ?? null;
}

/** Its first facts on one line. */
export const factLine = (row: AlertRow): string =>
  row.facts
    .slice(0, 3)
    .map((fact) => `${told(fact.name)} ${fact.value}`)
    .join(' · ');

/** What is said aloud of those that newly call; `null`: nothing, as none is a warning. */
export function spokenOf(fresh: readonly AlertCall[], name: (track: number) => string): string | null {
  const warnings = fresh.filter((call) => call.severity === 'warning');
  const [first] = warnings;
  if (!first) return null;
  const who = listed(first.tracks.map(name));
  const more = warnings.length > 1 ? `, ${t`and ${warnings.length - 1} more`}` : '';
  return t`Warning: ${told(first.title).toLowerCase()}` + (who && `, ${who}`) + (first.about ? `, ${first.about}` : '') + more;
}

/** What is told of a partner's alert beside its kind. */
export const partnerWords = (row: PartnerAlertRow): string =>
  [
    row.opened_ms !== null && t`since ${timeZ(row.opened_ms)}`,
    row.state === 'acknowledged' && t`seen there`,
    row.rule !== null && told(row.rule.replaceAll('_', ' ')),
  ]
    .filter(Boolean)
    .join(' · ');
