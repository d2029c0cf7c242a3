// What the list of incidents shows and does, as signals.

import { computed, signal } from '@preact/signals';
import type { AlertRow, IncidentDeed, IncidentDetail, IncidentKind, IncidentName, Incidents, Person } from '../generated/wire';
import { mayNot, person } from '../people/state';
import { act, position } from '../requests/state';
import { incidentOf, personOf, sameName } from './words';
import { t } from '../language/language';

/** Absent until the node has spoken. */
export const incidents = signal<Incidents | null>(null);

/** The incident that is looked at, and everything of it once the node has told. */
export const incidentAt = signal<IncidentName | null>(null);
export const incidentDetail = signal<IncidentDetail | null>(null);
export const incidentShown = computed<IncidentDetail | null>(() => {
  const detail = incidentDetail.value;
  return detail && sameName(detail.row.name, incidentAt.value) ? detail : null;
});

/** A new incident as far as it is written; `null`: none is. */
export interface Draft {
  kind: IncidentKind;
  title: string;
  alerts: number[];
  tracks: number[];
}
export const draft = signal<Draft | null>(null);

/** Begins a new incident, from an alert where there is one. */
export function beginIncident(row: AlertRow | null, tracks: number[]): void {
  draft.value = row
    ? { kind: row.kind, title: sentence(row), alerts: [row.id], tracks: [] }
    : { kind: 'other', title: '', alerts: [], tracks };
}

const sentence = (row: AlertRow): string => {
  const words = row.title.charAt(0) + row.title.slice(1).toLowerCase();
  return row.about ? `${words}, ${row.about}` : words;
};

/** Who acts: "Asel (Shift lead)" is a name and a position. */
export const self = computed<Person>(() => (person.value ? { name: person.value.name, position: person.value.position } : personOf(position.value)));

/** Why nothing can be done now; `null`: it can. */
export const whyNot = computed<string | null>(() => mayNot('work-incidents') ?? (self.value.name === '' ? t`Say who you are.` : null));

/** Goes to the incident of the alert that is looked at, else of the selected track; where there is none, begins it. */
export function toIncident(alert: AlertRow | null, track: number | null): void {
  const there = incidentOf(incidents.value?.rows ?? [], { incident: alert?.incident ?? null, track: alert ? null : track });
  if (there) {
    incidentAt.value = there.name;
    draft.value = null;
  } else if (mayNot('work-incidents') === null && (alert?.incident ?? null) === null && (alert !== null || track !== null)) {
    beginIncident(alert, alert ? [] : track === null ? [] : [track]);
  }
}

export function openDraft(): void {
  const drafted = draft.value;
  if (!drafted || whyNot.value || drafted.title.trim() === '') return;
  act({ type: 'open_incident', ...drafted, why: '', by: self.value });
  draft.value = null;
}

export function deed(incident: IncidentName, what: IncidentDeed, why = ''): void {
  if (whyNot.value === null) act({ type: 'on_incident', incident, deed: what, why, by: self.value });
}
