// Invented partners, requests and back-up for the stand-in node: every state the console can show.

const MINUTE = 60_000;

const TERMS = [
  { accord: 'csto-illustration', text: '9b74c989', approved_ms: null, article: '5', title: 'Aircraft that tell who they are, near the border', lets_out: 'tracks', words: 'position to 0.5 NM, level to 100 ft', delay_s: 0 },
  { accord: 'csto-illustration', text: '9b74c989', approved_ms: null, article: 'Z1', title: 'State and military flights are not told', lets_out: null, words: 'keeps back all that it names', delay_s: 0 },
];

/** Partners' tracks that are ours: the first three numbers, one of them doubtful, one said to be two. */
export function pairsAt(now, numbers, said) {
  const row = (i, more) => ({ party: 'KAZ', theirs: 1187 + i, number: numbers[i], apart: false, how: 'place', score: 0.98, looks: 50, since_ms: now - (i + 1) * 7 * MINUTE, by: null, why: null, ...more });
  const rows = [row(0, {}), row(1, { how: 'address', score: 1, looks: 64 }), row(2, { score: 0.61, looks: 41 })].map((one) => {
    const word = said.get(`${one.party} ${one.theirs} ${one.number}`);
    if (word === undefined) return one;
    return { ...one, by: word.by, why: word.why, how: 'by_hand', since_ms: word.at, ...(word.word === 'two' ? { apart: true, score: null, looks: 0 } : {}) };
  });
  return { type: 'pairs', time_ms: now, rows: rows.sort((a, b) => Number(b.by !== null) - Number(a.by !== null) || (a.score ?? 0) - (b.score ?? 0)), more: 4 };
}

const REASONS = ["withheld: it is not in the article's area (csto-illustration article 5 came nearest)", 'withheld: a caveat forbids it (csto-illustration article Z1 came nearest)'];
const whyOf = (track) => (track.identity === 'friend' ? 1 : track.number % 7 === 3 ? 0 : null);

/** What of these tracks a partner is told, under its own numbers and more coarsely. */
export const toldOf = (tracks) => tracks.filter((track) => whyOf(track) === null).map((track) => ({ ...track, number: track.number + 5000, lat: Math.round(track.lat * 120) / 120, lon: Math.round(track.lon * 120) / 120, callsign: null }));

/** And what not, and why. */
export function heldBackAt(now, party, tracks) {
  const held = tracks.filter((track) => whyOf(track) !== null);
  const told = tracks.filter((track) => whyOf(track) === null).map((track) => track.number);
  return { type: 'held_back', party, time_ms: now, number: held.map((track) => track.number), reason: held.map(whyOf), reasons: REASONS, told, told_as: told.map((number) => number + 5000) };
}

export function partnersAt(now) {
  const row = (party, more) => ({ party, link: 'up', note: null, silent_ms: 400, they_send: 402, we_send: 388, terms: TERMS, released: [{ rule: 'csto-illustration article 5', count: 388 }], withheld: [{ rule: 'withheld: the article grants no field that it has (csto-illustration article 5 came nearest)', count: 31 }], refused: 0, plots: { joined: 812, known: 31, late: 4, apart: 0, alone: 96, beyond: 0 }, suspended: [], ...more });
  return {
    type: 'partners',
    time_ms: now,
    rows: [row('KAZ'), row('KGZ', { silent_ms: 42_000, they_send: 0 }), row('TJK', { they_send: 0, we_send: 0, suspended: [{ accord: 'csto-illustration', since_ms: now - 95 * MINUTE }] })],
    accords: [
      {
        id: 'csto-illustration',
        title: 'Mutual assistance of six members (illustration)',
        parties: ['KAZ', 'KGZ', 'RUS', 'TJK', 'XXA'],
        status: 'suspended by TJK; in force since 2003-09-18T00:00:00Z, without a term',
        releases: false,
        timeline: [
          { time_ms: Date.UTC(2002, 9, 7), what: 'signed' },
          { time_ms: Date.UTC(2003, 8, 18), what: 'in force' },
          { time_ms: Date.UTC(2021, 3, 29), what: 'suspended by KGZ towards TJK (dispute between two members)' },
          { time_ms: Date.UTC(2025, 2, 31), what: 'resumed by KGZ towards TJK' },
          { time_ms: now - 95 * MINUTE, what: 'suspended by TJK towards XXA' },
        ],
      },
      {
        id: 'kaz-xxa-illustration',
        title: 'Two neighbours (illustration)',
        parties: ['KAZ', 'XXA'],
        status: 'in force since 2023-11-02T00:00:00Z, term 1 runs until 2028-11-02T00:00:00Z',
        releases: true,
        timeline: [
          { time_ms: Date.UTC(2022, 7, 16), what: 'signed (Moscow)' },
          { time_ms: Date.UTC(2023, 4, 29), what: 'ratified by KAZ' },
          { time_ms: Date.UTC(2023, 9, 11), what: 'ratified by XXA' },
          { time_ms: Date.UTC(2023, 10, 2), what: 'in force' },
          { time_ms: Date.UTC(2028, 4, 2), what: 'last instant for notice before the end of term 1' },
          { time_ms: Date.UTC(2028, 10, 2), what: 'renewed: term 2 begins' },
        ],
      },
    ],
  };
}

const asked = (party, state, more = {}) => ({ party, state, late: false, received_ms: null, heard_ms: null, answers: [], silence_recorded_by: [], ...more });
const said = (at_ms, words, by) => ({ at_ms, words, by });

export function areasAt({ lat, lon }) {
  const box = ([south, west, north, east]) => ({ points: [[lat + south, lon + west], [lat + south, lon + east], [lat + north, lon + east], [lat + north, lon + west]], within_nm: null });
  const row = (kind, more) => ({ kind, accord: null, article: null, title: null, of: [], to: [], stand_in: null, shapes: [], ...more });
  return {
    type: 'areas',
    rows: [
      row('responsible', { of: ['XXA'], shapes: [box([-1.2, -1.6, 0.8, 0.6])] }),
      row('responsible', { of: ['KAZ'], shapes: [box([-1.2, 0.6, 0.8, 2.2])] }),
      row('release', { accord: 'kaz-xxa-illustration', article: '2', title: 'Near the border', of: ['KAZ', 'XXA'], to: ['KAZ', 'XXA'], shapes: [{ points: [[lat - 1.2, lon + 0.6], [lat + 0.8, lon + 0.6]], within_nm: 12 }] }),
      row('back_up', { accord: 'csto-illustration', article: '6', of: ['KGZ'], to: ['XXA', 'RUS'], shapes: [box([-1.0, -1.5, -0.6, -0.7])] }),
    ],
  };
}

export function requestsAt(start) {
  const row = (number, more) => ({ asker: 'XXA', number, accord: 'csto-illustration', article: '4', purpose: 'assistance', text: '', incident: null, by: 'Duty officer', raised_ms: start, due_ms: start + 24 * 60 * MINUTE, to_answer: false, withdrawn: null, asked: [], reports: [], audience: ['KAZ', 'KGZ', 'RUS', 'XXA'], contradicted: [], ...more });
  const at = (minutes) => start + minutes * MINUTE;
  return {
    type: 'requests',
    articles: [
      { accord: 'csto-illustration', article: '4', title: 'Any member may ask any other', purposes: ['information', 'consultation', 'back_up', 'assistance'], parties: ['KAZ', 'KGZ', 'RUS'], answer_within_s: 86_400 },
      { accord: 'kaz-xxa-illustration', article: '3', title: null, purposes: ['information', 'consultation'], parties: ['KAZ'], answer_within_s: 14_400 },
    ],
    dropped: 0,
    rows: [
      row(1, {
        text: 'Two aircraft to search along the border from 43.2N 74.1E to 42.9N 75.3E, until dusk.',
        incident: 'INC-0142',
        raised_ms: at(-70),
        due_ms: at(-40),
        asked: [
          asked('KAZ', 'in_part', { received_ms: at(-70) + 900, answers: [{ answer: 'in_part', said: said(at(-58), 'One aircraft, from 13:30Z.', 'RAP Almaty') }] }),
          asked('KGZ', 'no_answer', { received_ms: at(-69), silence_recorded_by: ['KAZ', 'KGZ', 'RUS', 'XXA'] }),
          asked('RUS', 'declined', { received_ms: at(-70) + 1200, answers: [{ answer: 'declined', said: said(at(-51), 'No aircraft within reach today.', 'Duty officer') }] }),
        ],
        reports: [{ party: 'KAZ', said: said(at(-12), 'Searched from 13:32Z to 14:05Z; nothing found.', 'RAP Almaty') }],
      }),
      row(2, { asker: 'KAZ', accord: 'kaz-xxa-illustration', article: '3', purpose: 'information', text: 'What do you hold of the track without transponder, 40 NM west of the border, flight level 085?', raised_ms: at(-2), due_ms: at(13), by: 'RAP Almaty', to_answer: true, asked: [asked('XXA', 'received', { received_ms: at(-2) + 800 })], audience: ['KAZ', 'XXA'] }),
      row(3, { purpose: 'consultation', text: 'A call at 15:00Z on the closed area.', raised_ms: at(-5), due_ms: at(2), asked: [asked('KAZ', 'accepted', { received_ms: at(-5) + 700, answers: [{ answer: 'accepted', said: said(at(-4), '', 'RAP Almaty') }] }), asked('RUS', 'sent')] }),
      row(4, { text: 'Withdrawn in time.', purpose: 'information', raised_ms: at(-200), due_ms: at(-20), withdrawn: said(at(-190), 'found', 'RAP-2'), asked: [asked('RUS', 'withdrawn', { received_ms: at(-200) })] }),
    ],
  };
}

export function backUpsAt(start) {
  return {
    type: 'back_ups',
    rows: [
      { accord: 'csto-illustration', article: '6', of: 'KGZ', by: ['XXA', 'RUS'], area: 'Kant', silent_since_ms: start - 42_000, stand_in: null, proposed: 'take_over', needed: 2, confirmed: ['Aida'], waits: null },
      { accord: 'csto-illustration', article: '7', of: 'TJK', by: ['RUS'], area: 'south', silent_since_ms: null, stand_in: { party: 'RUS', since_ms: start - 9 * MINUTE, by: ['Ivanova', 'Petrov'] }, proposed: null, needed: 2, confirmed: [], waits: 'RUS stands in' },
    ],
  };
}
