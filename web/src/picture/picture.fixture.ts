// Wire messages for tests.

import type { Picture, TrackDescription } from '../generated/wire';

export interface At {
  number: number;
  lat?: number;
  lon?: number;
  ageMs?: number;
  only?: number;
}

export function picture(seq: number, timeMs: number, tracks: At[], more: Partial<Picture> = {}): Picture {
  const column = <T>(of: (track: At) => T): T[] => tracks.map(of);
  return {
    seq,
    time_ms: timeMs,
    data_age_s: 0.5,
    full: false,
    states: {
      number: column((t) => t.number),
      lat_e6: column((t) => Math.round((t.lat ?? 50) * 1e6)),
      lon_e6: column((t) => Math.round((t.lon ?? 10) * 1e6)),
      level_ft: column(() => null),
      speed_kt: column(() => 400),
      track_ddeg: column(() => 905),
      climb_fpm: column(() => null),
      age_ms: column((t) => t.ageMs ?? 0),
      flags: column(() => 0),
      ellipse_major_m: column(() => 100),
      ellipse_minor_m: column(() => 50),
      ellipse_deg: column(() => 30),
      only_sensor: column((t) => t.only ?? null),
    },
    descriptions: [],
    ended: [],
    tracks_total: tracks.length,
    shed: { feed_bytes: 0, tracks: 0, messages: 0 },
    ...more,
  };
}

export const description = (number: number, more: Partial<TrackDescription> = {}): TrackDescription => ({
  number,
  identity: 'civil',
  address: null,
  callsign: null,
  squawk: null,
  category: null,
  sources: ['ads_b'],
  words: [],
  told: false,
  owner: null,
  owner_next: null,
  remote_id: null,
  ...more,
});
