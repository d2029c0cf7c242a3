// Looking back: which instant is shown, at what pace, and what the strip under the map tells.

import { effect, signal } from '@preact/signals';
import type { TimelineTold } from '../generated/timeline';
import type { IncidentRow } from '../generated/wire';
import { incidents } from '../incidents/state';
import { inThePast } from '../people/state';
import type { Known } from '../shell/address';
import * as state from '../shell/state';
import type { SpanHours } from './columns';
import { told, t } from '../language/language';

export const SPEEDS = [0.5, 1, 2, 4, 10, 30, 60] as const;
/** How far a step goes, and how far back the first one begins. */
const STEP_MS = 1_000;
const FIRST_BACK_MS = 10_000;
/** So near to now it is the present that is meant. */
const PRESENT_MS = 5_000;
const ASK_EVERY_MS = 30_000;

export interface Past {
  /** Shown from here on. */
  atMs: number;
  /** Times the pace of what was. */
  speed: number;
  /** One instant stands. */
  paused: boolean;
  /** Who is who: as people had decided then, or have since. */
  known: Known;
}

/** What of the past is asked for; `null`: the present. */
export const past = signal<Past | null>(
  state.addressed.pastMs === null ? null : { atMs: state.addressed.pastMs, speed: 1, paused: true, known: state.addressed.known },
);
effect(() => {
  inThePast.value = past.value !== null;
});
export const span = signal<SpanHours>(1);
export const timeline = signal<TimelineTold | null>(null);
/** Those of the present, also while what is on the screen is of then. */
export const incidentsNow = signal<readonly IncidentRow[]>([]);
effect(() => {
  if (state.connection.value.kind === 'live') incidentsNow.value = incidents.value?.rows ?? [];
});

/** The instant on the screen while the past is shown. */
export function shownMs(): number {
  const asked = past.value;
  const shows = state.connection.value.kind === 'replay' && state.store.timeMs > 0;
  return shows ? Math.max(state.store.timeMs, asked?.atMs ?? 0) : (asked?.atMs ?? state.clockMs.value);
}

export function lookBack(atMs: number, change: Partial<Past> = {}): void {
  if (past.value === null) nowWhenLeft = { nodeMs: state.clockMs.value, localMs: Date.now() };
  if (atMs > nowMs() - PRESENT_MS) return toPresent();
  past.value = { speed: 1, paused: false, known: 'then', ...past.value, ...change, atMs: Math.round(atMs) };
}

export function toPresent(): void {
  past.value = null;
}

export function playOrPause(): void {
  if (past.value) lookBack(shownMs(), { paused: !past.value.paused });
}

export function setSpeed(speed: number): void {
  if (past.value) lookBack(shownMs(), { speed });
}

export function setKnown(known: Known): void {
  if (past.value) lookBack(shownMs(), { known });
}

/** One second on or back, standing. */
export function step(direction: 1 | -1): void {
  if (timeline.value?.recorded === false) return;
  if (past.value) lookBack(shownMs() + direction * STEP_MS, { paused: true });
  else if (direction < 0) lookBack(nowMs() - FIRST_BACK_MS, { paused: true });
}

let refusal: string | null = null;

/** What the node says in place of what was asked for. */
export function notShown(reason: string): void {
  refusal = t`the past: ${told(reason)}`;
  past.value = null;
}

/** Why the present is shown again, to be told once. */
export function takeRefusal(): string | null {
  const taken = refusal;
  refusal = null;
  return taken;
}

/** The recording has ended, or the present is reached. */
export function noMore(): void {
  if (past.value) past.value = { ...past.value, atMs: shownMs(), paused: true };
}

let nowWhenLeft = { nodeMs: 0, localMs: 0 };

/** The node's clock, also while another day is on the screen. */
export function nowMs(): number {
  if (past.value === null || nowWhenLeft.nodeMs === 0) return past.value === null ? state.clockMs.value : Date.now();
  return nowWhenLeft.nodeMs + (Date.now() - nowWhenLeft.localMs);
}

/** Asks the node for the day now and then; returns how to stop. */
export function watchTimeline(): () => void {
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch('./api/v1/timeline');
      if (answer.ok) timeline.value = (await answer.json()) as TimelineTold;
    } catch {
      // The connection's own mark says that the node does not answer.
    }
  };
  const timer = setInterval(() => void ask(), ASK_EVERY_MS);
  // A node that comes, or comes back, has another day.
  const stop = effect(() => {
    if (state.hello.value) void ask();
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
