// What alerts put on the map: a ring round each track that one is about, and a tag in its label. Pure.

import type { AlertRing, AlertRow, AlertSeverity } from '../generated/wire';

/** The most urgent open alert of a track. */
export interface TrackAlert {
  severity: AlertSeverity;
  /** `BX 3m`; empty where its rule has no tag. */
  tag: string;
  /** Tags of all open alerts of the track, without what else stands beside them. */
  all: readonly string[];
}

/** What of a track's alerts stands in its label: `▲BX 3m +2`. `distress` is a tag that its code brings by itself. */
export function alertTag(alert: TrackAlert | null, distress: string | null): string {
  const shown = distress === null ? (alert?.tag ?? '') : `▲${distress}`;
  const all = alert?.all ?? [];
  const more = distress === null ? all.length - 1 : all.filter((tag) => tag !== distress).length;
  return shown === '' || more < 1 ? shown : `${shown} +${more}`;
}

/** Tags of the label, by the rule's name. */
const TAGS: Readonly<Record<string, string>> = {
  border_crossed: 'BX',
  border_predicted: 'BX',
  area_infringed: 'AP',
  area_predicted: 'AP',
  conflict: 'CF',
  minimum_safe_altitude: 'MS',
  unlawful_interference: 'HJ',
  radio_failure: 'RF',
  emergency: 'EM',
  position_disagreement: 'AV',
  navigation_interference: 'GN',
  lost_track: 'LT',
  lost_transponder: 'LX',
  non_cooperative: 'NC',
  low_slow: 'LS',
  route_departure: 'RD',
  level_departure: 'LD',
};

const MARK: Record<AlertSeverity, string> = { warning: '▲', caution: '◆', advisory: '' };
const RANK: Record<AlertSeverity, number> = { warning: 2, caution: 1, advisory: 0 };

/** A row of the list, or an open alert that is on another page of it. */
type Worn = AlertRing & Partial<Pick<AlertRow, 'state'>>;

/** By track number; what has ended marks nothing, and an advisory nothing but its tag. */
export function trackAlerts(rows: readonly Worn[], nowMs: number): ReadonlyMap<number, TrackAlert> {
  const found = new Map<number, TrackAlert>();
  for (const row of rows) {
    if (row.state === 'ended') continue;
    for (const number of row.tracks) {
      const before = found.get(number);
      const all = [...(before?.all ?? []), TAGS[row.rule] ?? ''];
      if (before && RANK[before.severity] >= RANK[row.severity]) {
        found.set(number, { ...before, all });
        continue;
      }
      const minutes = row.predicted_ms === null ? null : Math.max(0, Math.ceil((row.predicted_ms - nowMs) / 60_000));
      const tag = TAGS[row.rule];
      found.set(number, { severity: row.severity, tag: tag === undefined ? '' : `${MARK[row.severity]}${tag}${minutes === null ? '' : ` ${minutes}m`}`, all });
    }
  }
  return found;
}
