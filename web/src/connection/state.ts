// How far the picture can be trusted to be of now: one pure function of what the link told and the
// time. The operator must never take an old picture for the present one.

import type { SourceKind } from '../generated/wire';
import { t } from '../language/language';

/** Above this age of the newest data the picture is called delayed. */
export const DELAYED_S = 3;
/** Above this age of the newest data nothing on screen is of now. */
export const DATA_FROZEN_S = 30;
/** A node sends a picture each second; this long without one, the link is as good as lost. */
export const SILENT_LINK_MS = 5_000;

export type LinkPhase = 'connecting' | 'open' | 'lost' | 'outdated';

/** What the link knows. Times named `local` are of this computer's clock, the others of the node's. */
export interface LinkFacts {
  phase: LinkPhase;
  /** When this computer got the last picture. */
  pictureLocalMs: number | null;
  /** The node's time in that picture. */
  pictureMs: number | null;
  /** Age of the newest data in that picture. */
  dataAgeS: number | null;
  source: SourceKind;
  /** Attempts since the link was lost. */
  attempts: number;
  /** One instant of the past is asked for: no picture follows the first. */
  paused: boolean;
}

export type ConnectionKind =
  | 'connecting'
  | 'waiting'
  | 'live'
  | 'delayed'
  | 'frozen'
  | 'replay'
  | 'outdated';

export interface ConnectionState {
  kind: ConnectionKind;
  /** Seconds that what is on screen is behind now. */
  ageS: number | null;
  /** Since when (node's time) nothing newer is known; only while frozen. */
  sinceMs: number | null;
  /** Why, in a few words for the operator; only when something is wrong. */
  reason: string | null;
}

const state = (
  kind: ConnectionKind,
  ageS: number | null = null,
  sinceMs: number | null = null,
  reason: string | null = null,
): ConnectionState => ({ kind, ageS, sinceMs, reason });

const NO_FEED = t`no feed delivers data`;

export function connectionState(link: LinkFacts, nowLocalMs: number): ConnectionState {
  if (link.phase === 'outdated') {
    return state('outdated', null, link.pictureMs, t`page and node differ in version`);
  }
  if (link.pictureLocalMs === null || link.pictureMs === null) {
    const reason = link.phase === 'lost' ? t`the node does not answer` : null;
    return state('connecting', null, null, reason);
  }
  const sinceReceiptMs = Math.max(0, nowLocalMs - link.pictureLocalMs);
  const ageS = (link.dataAgeS ?? 0) + sinceReceiptMs / 1000;
  const newestMs = link.pictureMs - (link.dataAgeS ?? 0) * 1000;
  if (link.phase !== 'open') {
    return state('frozen', ageS, newestMs, link.attempts > 2 ? t`node unreachable, reconnecting` : t`reconnecting`);
  }
  if (link.source === 'replay' && link.paused) return state('replay', link.dataAgeS);
  if (sinceReceiptMs > SILENT_LINK_MS) {
    return state('frozen', ageS, newestMs, t`the node has stopped sending`);
  }
  if (link.dataAgeS === null) return state('waiting', null, null, t`no sensor has sent anything yet`);
  if (ageS > DATA_FROZEN_S) return state('frozen', ageS, newestMs, NO_FEED);
  if (link.source === 'replay') return state('replay', ageS);
  return ageS > DELAYED_S ? state('delayed', ageS) : state('live', ageS);
}

/** Whether what is on screen must be drawn as no longer of now. */
export const isStale = (kind: ConnectionKind): boolean => kind === 'frozen' || kind === 'outdated';

/** Whether nothing comes from the node any more. A node whose feeds are silent still tells how its sensors do. */
export const isNodeSilent = ({ kind, reason }: ConnectionState): boolean => isStale(kind) && reason !== NO_FEED;

const RETRY_MS = [250, 500, 1_000, 2_000, 3_000];

/** How long to wait before the next attempt; never long, since somebody is watching. */
export const retryDelayMs = (attempt: number): number =>
  RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!;
