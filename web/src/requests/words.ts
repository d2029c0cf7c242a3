// What the requests desk says: how long until an answer is due, how each party stands, what is
// proposed on standing in. Pure.

import type { AskedRow, AskedState, BackUpRow, Purpose, RequestRow } from '../generated/wire';
import type { GlyphShape } from '../shell/Glyph';
import { age, dateZ, timeZ } from '../shell/format';
import { plural, t } from '../language/language';

export const PURPOSE_WORDS: Record<Purpose, string> = {
  information: t`information`,
  consultation: t`consultation`,
  back_up: t`back-up`,
  assistance: t`assistance`,
};

/** `14:30Z`; with seconds where there are some, with the date where it is not the day of `nowMs`. */
export function instant(ms: number, nowMs: number): string {
  const clock = timeZ(ms).replace(/:00Z$/, 'Z');
  return dateZ(ms) === dateZ(nowMs) ? clock : `${dateZ(ms)} ${clock}`;
}

/** How a request's time runs: while somebody is waited for, until when; after that, nothing. */
export function dueWords(row: RequestRow, nowMs: number): { words: string; tone: 'muted' | 'caution' | 'warning' } {
  const at = instant(row.due_ms, nowMs);
  if (row.withdrawn) return { words: t`withdrawn ${instant(row.withdrawn.at_ms, nowMs)}`, tone: 'muted' };
  if (row.asked.every((asked) => asked.answers.length > 0)) return { words: t`answered by all`, tone: 'muted' };
  const leftS = Math.ceil((row.due_ms - nowMs) / 1000);
  if (leftS <= 0) return { words: t`was due ${at}`, tone: row.to_answer ? 'warning' : 'muted' };
  const soon = leftS < 0.25 * ((row.due_ms - row.raised_ms) / 1000);
  return { words: t`answer due in ${age(leftS)}, by ${at}`, tone: soon ? 'caution' : 'muted' };
}

const STATE_WORDS: Record<AskedState, string> = {
  sent: t`sent, not yet received`,
  received: t`received`,
  accepted: t`accepted`,
  in_part: t`accepted in part`,
  declined: t`declined`,
  no_answer: t`no answer`,
  withdrawn: t`not asked any more`,
};

const STATE_GLYPH: Record<AskedState, GlyphShape> = {
  sent: 'ring',
  received: 'dot',
  accepted: 'dot',
  in_part: 'dot',
  declined: 'close',
  no_answer: 'triangle',
  withdrawn: 'minus',
};

/** `accepted in part 14:12Z, after 10 min`, `no answer by 14:30Z`, `accepted, no answer by 12:00Z; heard
 * here 12:30Z, said to be from 11:59Z`: what came too late for us is not made good by another's clock. */
export function askedWords(asked: AskedRow, row: RequestRow, nowMs: number): string {
  const words = STATE_WORDS[asked.state];
  const last = asked.answers.at(-1);
  if (asked.state === 'no_answer') return t`no answer by ${instant(row.due_ms, nowMs)}`;
  const first = asked.answers[0];
  if (last && first && asked.heard_ms !== null) {
    const heard = t`heard here ${instant(asked.heard_ms, nowMs)}, said to be from ${instant(first.said.at_ms, nowMs)}`;
    return `${words}, ${t`no answer by ${instant(row.due_ms, nowMs)}`}; ${heard}`;
  }
  if (last) {
    const late = asked.late ? `, ${t`late: due ${instant(row.due_ms, nowMs)}`}` : '';
    return `${words} ${instant(last.said.at_ms, nowMs)}, ${t`after ${howSoon(asked, row)}`}${late}`;
  }
  return asked.received_ms === null || asked.state === 'withdrawn' ? words : `${words} ${timeZ(asked.received_ms)}`;
}

/** How a party stands, by its shape: an answer that was not here in time bears the mark of none. */
export const glyphOf = (asked: AskedRow): GlyphShape => STATE_GLYPH[asked.heard_ms === null ? asked.state : 'no_answer'];

/** From asking to the first answer: `42 s`, `10 min`; empty without one. */
export function howSoon(asked: AskedRow, row: RequestRow): string {
  const first = asked.answers[0];
  return first ? age(Math.max(0, Math.round((first.said.at_ms - row.raised_ms) / 1000))) : '';
}

/** Who had nothing in hand when the answer was due: `recorded by KAZ, KGZ`. */
export function silenceWords(asked: AskedRow): string {
  return asked.silence_recorded_by.length === 0 ? '' : t`silence recorded by ${asked.silence_recorded_by.join(', ')}`;
}

/** As the ledger names it: `KGZ-1764412345`. */
export const idOf = (row: Pick<RequestRow, 'asker' | 'number'>): string => `${row.asker}-${row.number}`;

export const keyOf = (row: Pick<RequestRow, 'asker' | 'number'>): string => `${row.asker}/${row.number}`;

/** What wants an answer from this party first, then the newest. */
export function inOrder(rows: readonly RequestRow[]): RequestRow[] {
  return [...rows].sort((a, b) => Number(b.to_answer) - Number(a.to_answer) || b.raised_ms - a.raised_ms);
}

export const isOpen = (row: RequestRow, nowMs: number): boolean =>
  row.to_answer || (!row.withdrawn && nowMs < row.due_ms && row.asked.some((asked) => asked.answers.length === 0));

/** `2 to answer`, `1 open`; and how many of `own` party's requests somebody left without an answer. */
export function panelWords(rows: readonly RequestRow[], own: string, nowMs: number): string {
  const waiting = rows.filter((row) => row.to_answer).length;
  const open = rows.filter((row) => isOpen(row, nowMs)).length;
  const left = (row: RequestRow): boolean =>
    row.asker === own && !row.withdrawn && row.asked.some((asked) => asked.state === 'no_answer');
  const unanswered = rows.filter(left).length;
  const words = waiting > 0 ? t`${waiting} to answer` : t`${open} open`;
  return unanswered > 0 ? `${words} · ${t`${unanswered} unanswered`}` : words;
}

/** What is new to this party since `known`: requests it is asked, for a voice to say. */
export function news(rows: readonly RequestRow[], known: ReadonlySet<string>, nowMs: number): string[] {
  return rows
    .filter((row) => row.to_answer && !known.has(keyOf(row)))
    .map((row) => t`Request from ${row.asker}: ${PURPOSE_WORDS[row.purpose]}. Answer due ${instant(row.due_ms, nowMs)}.`);
}

const needs = (n: number): string => plural(n, 'needs {n} person', 'needs {n} people');

/** `KGZ silent 42 s — take over Kant? kgz-rus-2022 article 7, needs two people`. */
export function backUpWords(row: BackUpRow, nowMs: number): { words: string; tone: 'muted' | 'caution' | 'warning' } {
  const article = t`${row.accord} article ${row.article}`;
  const silent = row.silent_since_ms === null ? '' : t`${row.of} silent ${age((nowMs - row.silent_since_ms) / 1000)}`;
  if (row.proposed === 'take_over') {
    return { words: `${silent} — ${t`take over ${row.area}?`} ${article}, ${needs(row.needed)}`, tone: 'warning' };
  }
  if (row.stand_in) {
    const since = t`${row.stand_in.party} stands in for ${row.of}, ${row.area}, since ${instant(row.stand_in.since_ms, nowMs)}`;
    if (row.proposed === 'hand_back') {
      return { words: `${t`${row.of} is back — hand ${row.area} back?`} ${article}, ${needs(row.needed)}`, tone: 'warning' };
    }
    return { words: silent === '' ? since : `${since}; ${silent}`, tone: 'caution' };
  }
  return { words: silent, tone: silent === '' ? 'muted' : 'caution' };
}

/** Whether there is anything to say of it. */
export const isNotable = (row: BackUpRow): boolean =>
  row.silent_since_ms !== null || row.stand_in !== null || row.proposed !== null;

/** How many names are still missing, and whether this one would count. */
export function confirmWords(row: BackUpRow, name: string): { missing: string; problem: string | null } {
  const left = row.needed - row.confirmed.length;
  const plain = (text: string): string => text.trim().split(/\s+/).join(' ').toLowerCase();
  const twice = row.confirmed.some((known) => plain(known) === plain(name));
  return {
    missing: row.confirmed.length === 0
        ? plural(left, '{n} person must confirm', '{n} people must confirm')
        : plural(left, 'confirmed by {0}; {n} more person', 'confirmed by {0}; {n} more people', row.confirmed.join(', ')),
    problem: plain(name) === '' ? t`Say who you are.` : twice ? t`${name.trim()} has confirmed already; somebody else has to.` : null,
  };
}

/** Requests as a table for a spreadsheet, one line a party asked: RFC 4180, UTF-8. */
export function csv(rows: readonly RequestRow[]): string {
  const iso = (ms: number | null | undefined): string => (ms == null ? '' : new Date(ms).toISOString());
  // A cell that a spreadsheet would take for a formula is text.
  const cell = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const head = ['asked at', 'asked by', 'accord', 'article', 'purpose', 'request', 'incident', 'party asked', 'due', 'received', 'state', 'answered at', 'words', 'answered by', 'silence recorded by', 'done'];
  const lines = rows.flatMap((row) =>
    row.asked.map((asked) => {
      const last = asked.answers.at(-1);
      const done = row.reports.map((report) => `${report.party}: ${report.said.words}`).join('; ');
      return [iso(row.raised_ms), `${row.asker} (${row.by})`, row.accord, row.article, PURPOSE_WORDS[row.purpose], row.text, row.incident ?? '', asked.party, iso(row.due_ms), iso(asked.received_ms), STATE_WORDS[asked.state], iso(last?.said.at_ms), last?.said.words ?? '', last?.said.by ?? '', asked.silence_recorded_by.join(' '), done].map(cell).join(',');
    }),
  );
  return [head.map(cell).join(','), ...lines, ''].join('\r\n');
}
