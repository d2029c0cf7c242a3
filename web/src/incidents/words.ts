// What the list of incidents says: pure functions of what the node told.

import type { IncidentKind, IncidentName, IncidentOutcome, IncidentRow, IncidentTold, Person } from '../generated/wire';
import { span } from '../alerts/words';
import { timeZ } from '../shell/format';
import { t } from '../language/language';

export const KIND_WORDS: Record<IncidentKind, string> = {
  unidentified: t`Unidentified track`,
  radio_failure: t`Radio failure`,
  emergency: t`Emergency`,
  unlawful_interference: t`Unlawful interference`,
  border: t`Border`,
  airspace: t`Airspace`,
  conflict: t`Conflict`,
  terrain: t`Terrain`,
  gnss: t`GNSS interference`,
  sensor: t`Sensor`,
  unmanned: t`Unmanned aircraft`,
  other: t`Other`,
};

export const OUTCOME_WORDS: Record<IncidentOutcome, string> = {
  identified: t`identified`,
  ended_safely: t`ended safely`,
  left_area: t`left the area`,
  regularised: t`contact, plan or permission established`,
  restored: t`service restored`,
  false_alert: t`false alert`,
  merged: t`handled in another incident`,
  passed_on: t`passed to another authority`,
  unresolved: t`unresolved`,
  other: t`other`,
};

export const sameName = (a: IncidentName, b: IncidentName | null): boolean =>
  b !== null && a.node === b.node && a.number === b.number;

/** "KGZ INC-0142". */
export const nameWords = ({ node, number }: IncidentName): string => `${node} INC-${String(number).padStart(4, '0')}`;

/** "Asel (Shift lead)" is a name and a position; anything else is a name. */
export function personOf(words: string): Person {
  const split = /^([^()]+)\(([^()]+)\)$/.exec(words.trim());
  if (!split) return { name: words.trim(), position: null };
  return { name: (split[1] ?? '').trim(), position: (split[2] ?? '').trim() };
}

export type Tone = 'warning' | 'caution' | 'muted';

/** How far an incident is, and how much that asks for somebody. */
export function stateWords(row: IncidentRow, nowMs: number): { words: string; tone: Tone } {
  const left = (dueMs: number): string => {
    const s = Math.round((dueMs - nowMs) / 1000);
    return s <= 0 ? t`time is up` : t`${span(s)} left`;
  };
  if (row.closed && !row.escalated) {
    return { words: t`closed: ${OUTCOME_WORDS[row.closed.outcome]}`, tone: 'muted' };
  }
  if (row.incoming) {
    const { party, due_ms } = row.incoming;
    if (row.accepted_by !== null) return { words: t`accepted by ${row.accepted_by}; ${party} has to confirm`, tone: 'caution' };
    return { words: `${t`${party} asks you to take it`} · ${left(due_ms)}`, tone: 'warning' };
  }
  if (row.escalated) return { words: row.escalated.why, tone: 'warning' };
  if (row.offer) return { words: `${t`offered to ${row.offer.party}`} · ${left(row.offer.due_ms)}`, tone: 'caution' };
  if (row.unseen) return { words: t`${row.holder} has told something new`, tone: 'caution' };
  if (!row.held_here) return { words: t`held by ${row.holder + (row.owner ? `, ${row.owner}` : '')}`, tone: 'muted' };
  const [done, all] = row.steps;
  return { words: `${row.owner ?? ''} · ${t`${done} of ${all} steps`}`, tone: 'muted' };
}

/** Minutes among which one chooses how long an answer to an offer counts; without one it escalates. */
export const ANSWER_MINUTES = [1, 2, 5, 10, 30] as const;

/** How far what a partner was told came, and when: "sent 14:30:05Z · received 14:30:06Z · seen 14:30:22Z by RAP 1". */
export function toldWords(row: IncidentTold): string {
  if (row.held_up !== null) return t`not sent: ${row.held_up}`;
  return [
    t`sent ${timeZ(row.at_ms)}`,
    row.received_ms !== null && t`received ${timeZ(row.received_ms)}`,
    row.seen_by !== null && (row.seen_ms === null ? t`seen by ${row.seen_by}` : t`seen ${timeZ(row.seen_ms)} by ${row.seen_by}`),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The open incident that an alert is in, or a track; `null`: none of those listed. */
export const incidentOf = (rows: readonly IncidentRow[], of: { incident: string | null; track: number | null }): IncidentRow | null =>
  rows.find((row) => of.incident !== null && nameWords(row.name) === of.incident) ??
  rows.find((row) => row.closed === null && of.track !== null && row.tracks.some(({ number }) => number === of.track)) ??
  null;

/** What is said aloud of a row that newly asks for somebody; `null`: nothing. */
export function spokenOf(before: ReadonlyMap<string, string> | null, rows: readonly IncidentRow[]): string | null {
  if (before === null) return null;
  const fresh = rows.filter((row) => asks(row) !== '' && before.get(nameWords(row.name)) !== asks(row));
  const [first] = fresh;
  if (!first) return null;
  const more = fresh.length > 1 ? `, ${t`and ${fresh.length - 1} more`}` : '';
  return t`Incident ${nameWords(first.name)}: ${asks(first)}` + more;
}

/** What a row asks of somebody, without what changes each second. */
export function asks(row: IncidentRow): string {
  if (row.incoming && row.accepted_by === null) return t`${row.incoming.party} asks you to take it`;
  if (row.escalated) return row.escalated.why;
  return row.unseen ? t`${row.holder} has told something new` : '';
}
