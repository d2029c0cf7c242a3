// Invented alerts, incidents, identities and a plan for the stand-in node: what an operator has to do with.

const MINUTE = 60_000;
const said = (at_ms, words, by) => ({ at_ms, words, by });

/** A hexagon of so many degrees about a place, as an H3 cell lies. */
function cell({ lat_deg, lon_deg }, size_deg) {
  const shrink = Math.cos((lat_deg * Math.PI) / 180);
  return Array.from({ length: 6 }, (_, corner) => {
    const angle = ((corner * 60 + 12) * Math.PI) / 180;
    return { lat_deg: lat_deg + size_deg * Math.sin(angle), lon_deg: lon_deg + (size_deg * Math.cos(angle)) / shrink };
  });
}

/** Airspaces about a place, as a node tells them. */
export function airspacesAt({ lat, lon }) {
  const area = (name, kind, [south, west, north, east], limits = {}) => ({
    type: 'Feature',
    properties: { name, kind, ...limits },
    geometry: { type: 'MultiPolygon', coordinates: [[[[lon + west, lat + south], [lon + east, lat + south], [lon + east, lat + north], [lon + west, lat + north], [lon + west, lat + south]]]] },
  });
  return {
    type: 'FeatureCollection',
    features: [
      area('XXA', 'territory', [-1.6, -2.4, 1.3, 1.1]),
      area('STAND-IN FIR', 'fir', [-1.8, -2.8, 1.8, 2.2]),
      area('VALLEY CTR', 'ctr', [-0.15, -0.2, 0.15, 0.25], { lower: 'GND', upper: 'FL065' }),
      area('VALLEY TMA', 'tma', [-0.5, -0.6, 0.5, 0.7], { lower: '3000 ft MSL', upper: 'FL195' }),
      area('XXP1', 'prohibited', [0.25, 0.1, 0.42, 0.35], { lower: 'GND', upper: 'FL120' }),
      area('XXD7', 'danger', [-0.45, -0.5, -0.2, -0.15], { lower: 'GND', upper: 'FL240' }),
    ],
  };
}

/** Two of them are not always active, and of one nobody here can say. */
export const airspaceTimesAt = (now) => ({
  type: 'airspace_times',
  rows: [
    { place: 3, active: null, until_ms: null },
    { place: 4, active: true, until_ms: Math.ceil(now / 3_600_000 + 1) * 3_600_000 },
    { place: 5, active: false, until_ms: Math.ceil(now / 3_600_000 + 2) * 3_600_000 },
  ],
});

/** `tracks`: numbers of tracks in the picture; `placeOf`: where one of them is. */
export function alertsAt(now, tracks, placeOf = () => ({ lat_deg: 34, lon_deg: -118 })) {
  const trusted = placeOf(tracks[13 % tracks.length]);
  const claimed = { lat_deg: trusted.lat_deg + 0.16, lon_deg: trusted.lon_deg + 0.21 };
  const disturbed = placeOf(tracks[20 % tracks.length]);
  const second = { lat_deg: disturbed.lat_deg + 0.36, lon_deg: disturbed.lon_deg + 0.2 };
  const mark = (alert, title, more) => ({ alert, title, severity: 'caution', places: [], outline: [], degraded: null, ...more });
  const marks = [
    mark(13, 'CLAIMED POSITION DISAGREES WITH MEASURED', {
      places: [
        { at: trusted, name: 'trusted position', belief: 'trusted' },
        { at: claimed, name: 'claimed position', belief: 'claimed' },
      ],
    }),
    mark(14, 'GNSS INTERFERENCE AREA', { places: [{ at: disturbed, name: 'cell', belief: 'plain' }], outline: cell(disturbed, 0.22), degraded: [7, 23] }),
    mark(18, 'GNSS INTERFERENCE AREA', { places: [{ at: second, name: 'cell', belief: 'plain' }], outline: cell(second, 0.22), degraded: [5, 9] }),
  ];

  const row = (id, more) => ({
    id,
    rule: 'border_predicted',
    title: 'BORDER CROSSING',
    severity: 'warning',
    state: 'new',
    tracks: [tracks[id % tracks.length]],
    about: null,
    at: null,
    predicted_ms: null,
    opened_ms: now - 48_000,
    ended_ms: null,
    ended_for: null,
    acknowledged: null,
    rose_since: false,
    muted: null,
    incident: null,
    facts: [],
    cat004: null,
    kind: 'border',
    ...more,
  });
  const rows = [
    row(11, {
      about: 'KAZ',
      predicted_ms: now + 183_000,
      facts: [
        { name: 'place of entry', value: "42°55.2'N 074°31.7'E", limit: null },
        { name: 'within', value: '183 s', limit: '300 s' },
        { name: 'heard by', value: 'San Pedro Hill, Burbank', limit: null },
        { name: 'permission', value: 'none', limit: null },
      ],
    }),
    row(12, { rule: 'emergency', title: 'EMERGENCY 7700', kind: 'emergency', opened_ms: now - 4 * MINUTE, acknowledged: said(now - 3 * MINUTE, '', 'Asel (Shift lead)'), state: 'acknowledged', incident: 'XXA INC-0142', facts: [{ name: 'code', value: '7700', limit: null }] }),
    row(13, { rule: 'position_disagreement', title: 'CLAIMED POSITION DISAGREES WITH MEASURED', severity: 'caution', kind: 'gnss', facts: [{ name: 'jump', value: '6.2 NM', limit: '1 NM' }, { name: 'since', value: '48 s', limit: '12 s' }] }),
    row(14, { rule: 'navigation_interference', title: 'GNSS INTERFERENCE AREA', severity: 'caution', kind: 'gnss', tracks: [], about: 'cell 84-1f-2b', opened_ms: now - 21 * MINUTE, facts: [{ name: 'aircraft degraded', value: '7', limit: '5' }, { name: 'of aircraft', value: '23', limit: null }], muted: { said: said(now - MINUTE, 'known to Bishkek', 'Asel (Shift lead)'), until_ms: now + 9 * MINUTE } }),
    row(15, { rule: 'conflict', title: 'CONFLICT', severity: 'caution', kind: 'conflict', tracks: tracks.slice(3, 5), state: 'acknowledged', acknowledged: said(now - 2 * MINUTE, '', 'Asel (Shift lead)'), rose_since: true, predicted_ms: now + 80_000, cat004: 7, facts: [{ name: 'closest approach', value: '4.1 NM', limit: '5 NM' }] }),
    row(16, { rule: 'sensor', title: 'SENSOR', severity: 'advisory', kind: 'sensor', tracks: [], about: 'Burbank', facts: [{ name: 'sensor', value: 'azimuth bias +0.31°', limit: '0.20°' }] }),
    row(17, { rule: 'lost_track', title: 'TRACK LOST', severity: 'advisory', state: 'ended', ended_ms: now - MINUTE, ended_for: 'no longer so', kind: 'other' }),
  ];
  const partner = (number, more) => ({ party: 'KAZ', number, title: 'BORDER CROSSING', rule: 'border_predicted', severity: 'warning', state: 'new', opened_ms: now - 95_000, tracks: [tracks[number]], at: null, level_ft: null, articles: ['kaz-xxa-illustration article 2'], ...more });
  return {
    type: 'alerts',
    time_ms: now,
    rows,
    from: 0,
    total: rows.length,
    open: [1, 3, 2],
    unacknowledged: 4,
    unable: ['No terrain is known: minimum_safe_altitude finds nothing. Give [coverage] study, or switch them off with [alerts] off'],
    of_partners: [
      partner(6, {}),
      partner(7, { number: 7, title: 'UNLAWFUL INTERFERENCE 7500', rule: null, state: 'acknowledged', opened_ms: null }),
      partner(8, { party: 'KGZ', title: 'CLAIMED POSITION DISAGREES WITH MEASURED', rule: 'position_disagreement', severity: 'caution', tracks: [] }),
    ],
    of_partners_more: 2,
    marks,
    elsewhere: [{ rule: 'lost_transponder', severity: 'caution', tracks: [tracks[9]], predicted_ms: null }],
    calls: rows
      .filter((row) => (row.state === 'new' || row.rose_since) && row.muted === null)
      .map(({ id, severity, title, tracks, about, opened_ms }) => ({ alert: id, severity, title, tracks, about, since_ms: opened_ms })),
  };
}

export function incidentsAt(now, tracks) {
  const row = (number, more) => ({
    name: { node: 'XXA', number },
    kind: 'emergency',
    title: 'Emergency 7700, engine failure reported by voice',
    opened_ms: now - 4 * MINUTE,
    holder: 'XXA',
    owner: 'Asel',
    held_here: true,
    closed: null,
    escalated: null,
    offer: null,
    incoming: null,
    accepted_by: null,
    unseen: false,
    alerts: [12],
    tracks: [{ label: `TN ${tracks[0]}`, number: tracks[0] }],
    steps: [2, 5],
    ...more,
  });
  return {
    type: 'incidents',
    time_ms: now,
    rows: [
      row(142, {}),
      row(7, { name: { node: 'KAZ', number: 7 }, kind: 'border', title: 'Track without plan towards the border', holder: 'KAZ', opened_ms: now - 13 * MINUTE, held_here: false, owner: null, incoming: { party: 'KAZ', due_ms: now + 6 * MINUTE }, alerts: [] }),
      row(141, { kind: 'gnss', title: 'GNSS interference over the valley', opened_ms: now - 38 * MINUTE, closed: { outcome: 'restored', by: 'Asel', at_ms: now - MINUTE }, alerts: [] }),
    ],
    total: 3,
    open: 1,
    articles: [{ accord: 'kaz-xxa-illustration', article: '4', title: null, parties: ['KAZ'] }],
    lost: null,
    outcomes: ['identified', 'ended_safely', 'left_area', 'restored', 'false_alert', 'unresolved', 'other'].map((outcome) => ({ outcome, needs_reason: outcome === 'other' })),
  };
}

export function incidentAt(now, tracks) {
  return {
    type: 'incident',
    row: incidentsAt(now, tracks).rows[0],
    steps: [
      { text: 'Ask the sector what the crew has declared and what it wants', done_by: 'Asel', done_ms: now - 3 * MINUTE, article: null },
      { text: 'Tell the rescue coordination centre if it may be needed', done_by: 'Bek', done_ms: now - 2 * MINUTE, article: null },
      { text: 'Tell the neighbour if it may cross', done_by: null, done_ms: null, article: 'kaz-xxa-illustration 4' },
      { text: 'Tell the units along the way to the aerodrome it makes for', done_by: null, done_ms: null, article: null },
      { text: 'Write down how it ended', done_by: null, done_ms: null, article: null },
    ],
    told: [{ at_ms: now - 2 * MINUTE, party: 'KAZ', article: 'kaz-xxa-illustration 4', known_as: null, received_ms: now - 119_000, seen_by: 'RAP Almaty', seen_ms: now - 101_000, held_up: null }],
    log: [
      { sequence: 1, at_ms: now - 4 * MINUTE, by: 'Asel (Shift lead)', words: 'opened the incident', why: '', shareable: false },
      { sequence: 2, at_ms: now - 3 * MINUTE, by: 'Asel (Shift lead)', words: 'noted: left engine shut down, returning', why: '', shareable: true },
    ],
    head: '9f2b7c1e55aa0d3f9f2b7c1e55aa0d3f',
  };
}

const proposal = (now, number, more) => ({ number, party: 'KAZ', identity: 'assumed_friend', by: 'RAP Almaty', why: 'plan match, voice', at_ms: now - MINUTE, ...more });
const waiting = (now, number) => ({ number, identity: 'suspect', by: ['Asel'], why: 'no plan, no reply on 121.5', at_ms: now - 40_000, until_ms: now + 4 * MINUTE, carried: null });
const sent = (now, number) => ({ number, party: 'KAZ', identity: 'civil', why: 'callsign and plan', by: 'Asel', at_ms: now - 3 * MINUTE, article: 'kaz-xxa-illustration 5', state: 'received', answer: null, held_up: null });

export function identityDeskAt(now, tracks) {
  return {
    type: 'identity_desk',
    waiting: [waiting(now, tracks[1])],
    proposals: [proposal(now, tracks[0]), proposal(now, tracks[2], { by: null, identity: 'neutral', why: '', at_ms: null })],
    proposals_more: 0,
    reviews: [tracks[4]],
    lost: [],
    sent: [sent(now, tracks[3])],
    held_up: [],
  };
}

/** What the node says of who the selected track is. */
export function whoAt(now, number, identity) {
  return {
    identity,
    machine: 'civil',
    decided: null,
    waiting: null,
    ours: true,
    proposals: [proposal(now, number)],
    propose_to: 'KAZ',
    sent: [],
    evidence: [
      { kind: 'plan', words: 'a flight plan fits', weights: [{ towards: 'civil', points: 3, points_fresh: 3 }], since_s: 300, age_s: 1 },
      { kind: 'claim', words: 'its ADS-B position is as measured', weights: [{ towards: 'civil', points: 1.5, points_fresh: 2 }], since_s: 400, age_s: 40 },
      { kind: 'code', words: 'sends 2000, which many share', weights: [], since_s: 400, age_s: 2 },
    ],
    history: [
      { at_ms: now - 2 * MINUTE, by: null, what: 'judged', from: 'pending', to: 'civil', why: 'a flight plan fits; its ADS-B position is as measured' },
      { at_ms: now - 5 * MINUTE, by: null, what: 'judged', from: 'pending', to: 'pending', why: 'it tells nothing of itself' },
    ],
    history_dropped: 0,
  };
}

export function planAt(now, callsign) {
  const point = (name, minutes, late, more = {}) => ({ name, planned_ms: now + minutes * MINUTE, estimate_ms: now + minutes * MINUTE + late * 1000, level_ft: 35_000, passed: minutes < 0, ...more });
  return {
    callsign,
    found_by: 'callsign',
    departure: 'UCFM',
    destination: 'UAAA',
    code: '2371',
    aside_nm: -1.4,
    above_ft: 200,
    late_s: 190,
    points: [point('BETUN', -4, 170), point('RUDOB', 3, 190), point('ALTIN', 9, 205, { level_ft: null }), point("4300N 07530E", 14, 20), point('UAAA', 26, 240, { level_ft: 0 })],
    points_before: 3,
    points_after: 1,
  };
}

/** Nobody signed in where somebody has to. */
export const NOBODY = { required: true, first: false, person: null, provider: null };

/** Somebody signed in who may do anything. */
export const SOMEBODY = { required: true, first: false, provider: null, person: { name: 'Asel', position: 'Shift lead', roles: ['operator'], refusals: {} } };

/** Somebody signed in who may look, and nothing else. */
export const VIEWER = {
  required: true,
  first: false,
  person: {
    name: 'Dana',
    position: null,
    roles: ['viewer'],
    refusals: Object.fromEntries(
      [
        ['work-alerts', 'to work on alerts is for the operator; you are viewer'],
        ['work-incidents', 'to work on incidents is for the operator; you are viewer'],
        ['report', 'to report identities is for the operator; you are viewer'],
        ['take-incident', 'to take an incident away is for the duty officer; you are viewer'],
        ['identify', 'to identify is for the identification officer; you are viewer'],
        ['hand-over', 'to hand over is for the duty officer; you are viewer'],
        ['correspond', 'to ask and answer partners is for the duty officer; you are viewer'],
        ['stand-in', 'to stand in is for the duty officer; you are viewer'],
        ['suspend', 'to suspend is for the duty officer; you are viewer'],
        ['resume', 'to resume is for the release officer; you are viewer'],
        ['rehearse', 'to rehearse is for the release officer; you are viewer'],
        ['take-ledger', 'to take a ledger is for the engineer; you are viewer'],
        ['read-audit', 'to read the audit is for the administrator; you are viewer'],
        ['manage-people', 'to manage people is for the administrator; you are viewer'],
      ],
    ),
  },
};
