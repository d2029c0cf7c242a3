// The day as columns of a strip. Pure.

import type { TimelineMinute } from '../generated/timeline';
import type { AlertSeverity, IncidentRow } from '../generated/wire';

export const SPANS_H = [1, 6, 24] as const;
export type SpanHours = (typeof SPANS_H)[number];

/** Minutes in one column. */
const COLUMN_MIN: Record<SpanHours, number> = { 1: 1, 6: 5, 24: 15 };
const MINUTE_MS = 60_000;
const SEVERITIES = ['advisory', 'caution', 'warning'] as const;

export interface Column {
  fromMs: number;
  toMs: number;
  /** Most tracks at one time; `null`: the node did not run. */
  tracks: number | null;
  /** The most urgent of the alerts that opened. */
  severity: AlertSeverity | null;
  /** How many opened. */
  opened: number;
  /** Feeds that were silent. */
  down: string[];
}

/** From a whole column on, up to the one that `nowMs` lies in. */
export function columnsOf(minutes: readonly TimelineMinute[], hours: SpanHours, nowMs: number): Column[] {
  const stepMs = COLUMN_MIN[hours] * MINUTE_MS;
  const count = (hours * 60) / COLUMN_MIN[hours];
  const endMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  const columns: Column[] = Array.from({ length: count }, (_, i) => {
    const fromMs = endMs - (count - i) * stepMs;
    return { fromMs, toMs: fromMs + stepMs, tracks: null, severity: null, opened: 0, down: [] };
  });
  for (const minute of minutes) {
    const column = columns[Math.floor((minute.at_ms - columns[0]!.fromMs) / stepMs)];
    if (!column) continue;
    column.tracks = Math.max(column.tracks ?? 0, minute.tracks);
    column.opened += minute.opened.reduce((sum, n) => sum + n, 0);
    const worst = minute.opened.findLastIndex((n) => n > 0);
    if (worst > SEVERITIES.indexOf(column.severity as AlertSeverity)) column.severity = SEVERITIES[worst]!;
    column.down.push(...minute.down.filter((name) => !column.down.includes(name)));
  }
  return columns;
}

/** Round times within the strip, at most seven; none so near to its left end that it would be cut. */
export function ticksOf(fromMs: number, toMs: number): number[] {
  const steps = [10, 60, 240].map((minutes) => minutes * MINUTE_MS);
  const stepMs = steps.find((step) => (toMs - fromMs) / step <= 7) ?? steps.at(-1)!;
  const ticks = [];
  const firstMs = fromMs + (toMs - fromMs) * 0.02;
  for (let ms = Math.ceil(firstMs / stepMs) * stepMs; ms < toMs; ms += stepMs) ticks.push(ms);
  return ticks;
}

/** Incidents side by side at most; a further one lies over the last. */
export const LANES = 3;

/** An incident as far as it is in the strip. */
export interface IncidentSpan {
  row: IncidentRow;
  fromMs: number;
  toMs: number;
  /** From 0, so that those of one time do not hide each other. */
  lane: number;
}

/** From its opening to its end, or to `nowMs`; the oldest first. */
export function incidentSpans(rows: readonly IncidentRow[], fromMs: number, nowMs: number): IncidentSpan[] {
  const freeMs: number[] = Array.from({ length: LANES }, () => -Infinity);
  return [...rows]
    .sort((a, b) => a.opened_ms - b.opened_ms)
    .map((row) => ({ row, fromMs: row.opened_ms, toMs: row.closed?.at_ms ?? nowMs }))
    .filter((span) => span.toMs > fromMs && span.fromMs < nowMs)
    .map((span) => {
      const free = freeMs.findIndex((ms) => ms <= span.fromMs);
      const lane = free < 0 ? LANES - 1 : free;
      freeMs[lane] = Math.max(freeMs[lane]!, span.toMs);
      return { ...span, fromMs: Math.max(span.fromMs, fromMs), lane };
    });
}

/** The shape of the density, in a box of 100 × 100 from the top; parts where the node ran. */
export function areaOf(columns: readonly Column[]): string {
  const most = Math.max(1, ...columns.map((column) => column.tracks ?? 0));
  const width = 100 / columns.length;
  return columns
    .map((column, i) => {
      if (column.tracks === null) return '';
      const top = 100 - (column.tracks / most) * 90;
      return `M${(i * width).toFixed(2)},100V${top.toFixed(2)}H${((i + 1) * width).toFixed(2)}V100Z`;
    })
    .join('');
}
