// What the alert list shows and does, as signals.

import { computed, signal } from '@preact/signals';
import type { AlertRow, Alerts } from '../generated/wire';
import { mayNot } from '../people/state';
import { placesOf } from '../map/alertMarks';
import type { Point } from '../map/projection';
import { act, position } from '../requests/state';
import { seenAs, select, store } from '../shell/state';
import { trackAlerts } from './onMap';
import { needsNone, nextAfter } from './words';
import { t } from '../language/language';

/** Absent until the node has spoken of alerts. */
export const alerts = signal<Alerts | null>(null);

/** The instant of the list, by the engine's clock: a replay's is of another day than ours. */
export const alertsMs = computed(() => alerts.value?.time_ms ?? 0);

/** What they put on the map. */
export const alertsOnMap = computed(() => trackAlerts([...(alerts.value?.rows ?? []), ...(alerts.value?.elsewhere ?? [])], alertsMs.value));

/** The alert that is looked at. */
export const alertAt = signal<number | null>(null);
export const alertShown = computed<AlertRow | null>(
  () => alerts.value?.rows.find((row) => row.id === alertAt.value) ?? null,
);

/** The row from which on the node lists alerts for this console. */
export const alertsFrom = signal(0);

/** World points that the map is to show, as an alert without a track was chosen. */
export const lookedAt = signal<readonly Point[]>([]);

/** Looks at an alert and at its track, or where it is if it has none. */
export function lookAt(row: AlertRow): void {
  alertAt.value = row.id;
  // What a partner sees goes by the partner's numbers.
  const track = seenAs.value === null ? row.tracks.find((number) => store.rowOf.has(number)) : undefined;
  // On a narrow screen the reasons stay in sight.
  if (track !== undefined) select(track, false);
  else lookedAt.value = placesOf(row, alerts.value);
}

/** The next alert down the list that nobody has acknowledged; from the last to the first. */
export function nextAlert(): void {
  const row = nextAfter(alerts.value?.rows ?? [], alertAt.value, alertsMs.value);
  if (row) lookAt(row);
}

/** Why nothing can be done to alerts; `null`: it can. */
export const whyNotAct = (): string | null => mayNot('work-alerts') ?? (position.value.trim() === '' ? t`Say who you are.` : null);

/** Why the alert that is looked at cannot be acknowledged; `null`: it can. */
export function whyNotAcknowledge(row: AlertRow | null): string | null {
  const refusal = mayNot('work-alerts');
  if (refusal) return refusal;
  if (!row) return t`Choose an alert.`;
  return needsNone(row) ?? whyNotAct();
}

/** Whether nothing but a name is missing. */
export const lacksName = (row: AlertRow): boolean => mayNot('work-alerts') === null && needsNone(row) === null && position.value.trim() === '';

export function acknowledge(row: AlertRow | null): void {
  if (!row || whyNotAcknowledge(row)) return;
  act({ type: 'acknowledge', alert: row.id, by: position.value });
}
