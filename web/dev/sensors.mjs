// The stand-in's sensors: how they do, what they say of themselves, where they have seen. Invented.

const SENSORS = [
  ['1/1', 'LAX roof receiver', 'ADS-B', 'good', null, 33.9425, -118.408, null],
  ['1/2', 'San Pedro Hill', 'radar', 'good', null, 33.7463, -118.3361, 11.98],
  ['1/3', 'Burbank', 'radar', 'degraded', '3 % of its messages defective', 34.2006, -118.3587, 4.8],
  ['1/7', 'Ontario MLAT', 'MLAT', 'silent', 'silent 74 s', null, null, null],
  ['2/1', 'Neighbour system tracks', 'system tracks', 'waiting', 'Connection refused (os error 111)', null, null, null],
];

/** The row of the only sensor that holds a track: radar alone, or the receiver alone. */
export const onlySensor = (t) => (t.number % 9 === 4 ? 1 : t.sources.length === 1 && t.number % 3 === 0 ? 0 : null);

const bias = (value, sd, limit) => ({ value, sd, limit, over: value !== null && Math.abs(value) > limit });
const BIASES = {
  '1/2': { range_m: bias(-38, 6, 100), azimuth_deg: bias(0.021, 0.008, 0.1), time_s: bias(0.012, 0.004, 0.1), samples: 1536, absolute: true, applied: true },
  '1/3': { range_m: bias(64, 14, 100), azimuth_deg: bias(0.31, 0.02, 0.1), time_s: bias(null, null, 0.1), samples: 212, absolute: false, applied: true },
};
const NONE_TOLD = { time_s: null, secondary_range_m: null, secondary_azimuth_deg: null, primary_range_m: null, primary_azimuth_deg: null };
const SAID = {
  '1/2': [
    { teller: null, age_s: 3.1, condition: 'operational', troubles: [], biases: NONE_TOLD, differs: false },
    { teller: 'Neighbour system tracks', age_s: 8.4, condition: 'operational', troubles: [], biases: { ...NONE_TOLD, secondary_range_m: -41, secondary_azimuth_deg: 0.19 }, differs: false },
  ],
  '1/3': [
    { teller: null, age_s: 1.2, condition: 'operational', troubles: ['processor_overloaded', 'secondary_not_monitored'], biases: NONE_TOLD, differs: true },
    { teller: 'Neighbour system tracks', age_s: 8.4, condition: 'degraded', troubles: ['time_source_invalid'], biases: NONE_TOLD, differs: false },
  ],
};

export function sensorRows(now, messages, tracks) {
  return SENSORS.map(([id, name, kind, health, note, lat, lon, period], i) => ({
    id,
    name,
    kind,
    feed: ['beast+tcp://127.0.0.1:30005', 'udp://239.1.1.1:8600'][i ? 1 : 0],
    health,
    note,
    messages_per_s: health === 'good' ? 812 / (i + 1) : health === 'degraded' ? 31.4 : 0,
    plots_per_s: health === 'good' ? 240 / (i + 1) : health === 'degraded' ? 12.2 : 0,
    silent_ms: { good: 120, degraded: 900, silent: 74000, waiting: null }[health],
    period_s: period,
    lat_deg: lat,
    lon_deg: lon,
    messages: health === 'waiting' ? 0 : messages * (6 - i),
    plots: health === 'waiting' ? 0 : messages * (4 - i / 2),
    defects: health === 'degraded' ? [{ name: 'record_truncated', count: 412 }, { name: 'checksum_mismatch', count: 31 }] : [],
    told: health === 'degraded' ? ['12:04:11Z KGZ300: line 4, field 15: no route'] : [],
    detection: kind === 'radar' ? { share: health === 'good' ? 0.968 : 0.871, expected: 412 } : null,
    bias: BIASES[id] ?? null,
    fates:
      health === 'waiting'
        ? null
        : { used: messages * 3, refreshed: kind === 'radar' ? messages : 0, unassociated: Math.round(messages / 40), refused: kind === 'radar' ? [{ name: 'late', count: 14 }, { name: 'overhead', count: 3 }] : [] },
    marks:
      kind === 'radar'
        ? [
            { kind: 'north', azimuth_deg: 0, age_s: health === 'good' ? (now / 1000) % period : 31 },
            { kind: 'sector', azimuth_deg: (((now / 1000) % period) / period) * 360, age_s: 0.2 },
          ]
        : [],
    said: SAID[id] ?? [],
    alone: tracks.filter((track) => onlySensor(track) === i).length,
  }));
}

const BANDS = [0, 50, 100, 200, 300];
const [SECTORS, RINGS] = [72, 12];
const cells = (of) => Array.from({ length: SECTORS * RINGS }, (_, i) => of(Math.floor(i / SECTORS), i % SECTORS));
/** Hills to the north cut the lower levels short. */
const reach = (band, sector) => Math.min(RINGS, 3 + band * 2 + (sector > 54 || sector < 18 ? -1.6 : 1) * (2.2 - band * 0.4) + Math.sin(sector / 4));

/** Where a sensor has seen: traffic flew along two ways, and one valley is not seen though it should be. */
export function coverAt(now, startedMs, id) {
  const found = SENSORS.find((row) => row[0] === id);
  const placed = found?.[5] !== null && found !== undefined;
  return {
    type: 'sensor_cover',
    sensor: id,
    time_ms: now,
    since_ms: placed ? startedMs : null,
    uncounted: placed ? null : 'where it stands is not known',
    site_deg: placed ? [found[5], found[6]] : null,
    height_m: placed ? 440 : null,
    sectors: SECTORS,
    rings: placed ? RINGS : 0,
    ring_nm: 10,
    range_nm: 120,
    bands: BANDS.map((from_fl, band) => ({
      from_fl,
      to_fl: BANDS[band + 1] ?? null,
      cells: placed
        ? cells((ring, sector) => {
            const flown = (sector * 7 + ring * 3) % 5 !== 0 && ring < 10;
            const missed = sector >= 30 && sector < 36 && ring > 2;
            const beyond = sector === 44 && ring < reach(band, sector) + 1.5;
            return (flown ? 2 : 0) | ((flown && ring < reach(band, sector) && !missed) || beyond ? 3 : 0);
          })
        : [],
    })),
  };
}

/** What is predicted for that. */
export const predictedAt = (asked) => ({ round: 'no study is configured', site: null, bands: asked.bands.map((_, band) => cells((ring, sector) => (ring < reach(band, sector) ? 1 : 0))) });
