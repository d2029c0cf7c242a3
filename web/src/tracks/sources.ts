// Kinds of measurement as operators abbreviate and say them.

import type { SourceOfTrack } from '../generated/wire';

export const SOURCES: readonly { kind: SourceOfTrack; short: string; words: string }[] = [
  { kind: 'primary', short: 'PSR', words: 'primary radar' },
  { kind: 'secondary', short: 'SSR', words: 'secondary radar' },
  { kind: 'ads_b', short: 'ADS-B', words: 'ADS-B' },
  { kind: 'rebroadcast', short: 'ADS-R', words: 'rebroadcast' },
  { kind: 'mlat', short: 'MLAT', words: 'multilateration' },
  { kind: 'system_track', short: 'SYS', words: 'system track' },
  { kind: 'remote_id', short: 'RID', words: 'Remote ID' },
];

const SHORT = new Map(SOURCES.map((source) => [source.kind, source.short]));

export const sourceShort = (kind: SourceOfTrack): string => SHORT.get(kind) ?? kind;
