// Kinds of measurement as operators abbreviate and say them.

import type { SourceOfTrack } from '../generated/wire';
import { t } from '../language/language';

export const SOURCES: readonly { kind: SourceOfTrack; short: string; words: string }[] = [
  { kind: 'primary', short: 'PSR', words: t`primary radar` },
  { kind: 'secondary', short: 'SSR', words: t`secondary radar` },
  { kind: 'ads_b', short: 'ADS-B', words: 'ADS-B' },
  { kind: 'rebroadcast', short: 'ADS-R', words: t`rebroadcast` },
  { kind: 'mlat', short: 'MLAT', words: t`multilateration` },
  { kind: 'system_track', short: 'SYS', words: t`system track` },
  { kind: 'remote_id', short: 'RID', words: t`Remote ID` },
  { kind: 'flarm', short: 'FLARM', words: 'FLARM' },
];

const SHORT = new Map(SOURCES.map((source) => [source.kind, source.short]));

export const sourceShort = (kind: SourceOfTrack): string => SHORT.get(kind) ?? kind;
