// A stand-in for a node, for developing and measuring the console only: it makes up traffic.
// Nothing here is real air; the page says so in its notice band. It speaks the wire of
// crates/node/src/wire.rs and serves the built console under the node's own security policy.
//
//   node dev/mock-node.mjs --port 8480 --tracks 300 [--spread-deg 3] [--replay] [--shed] [--protocol N] [--joint] [--desk] [--viewer]

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decode, encode } from '@msgpack/msgpack';
import { WebSocketServer } from 'ws';
import { NOBODY, SOMEBODY, VIEWER, airspaceTimesAt, airspacesAt, alertsAt, identityDeskAt, incidentAt, incidentsAt, planAt, whoAt } from './desk.mjs';
import { areasAt, backUpsAt, heldBackAt, pairsAt, partnersAt, requestsAt, toldOf as toldToPartner } from './joint.mjs';
import { coverAt, onlySensor, predictedAt, sensorRows } from './sensors.mjs';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const MIME = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};
const POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

/** Small seeded generator: the same traffic every time. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const AIRLINES = ['BAW', 'DLH', 'AFR', 'SWA', 'UAL', 'KZR', 'UZB', 'AAL', 'FIN', 'THY'];
const IDENTITIES = ['civil', 'civil', 'civil', 'civil', 'civil', 'civil', 'friend', 'neutral'];
const RARE = ['assumed_friend', 'pending', 'unknown', 'suspect', 'hostile'];

function makeTraffic(count, centre, spreadDeg, plain) {
  const next = trafficSource(centre, spreadDeg, plain);
  return { tracks: Array.from({ length: count }, next), next };
}

/** Aircraft that no churn takes away. */
const STAYING = 100;

/** Gives a new aircraft each time it is called, with the next number. */
function trafficSource(centre, spreadDeg, plain) {
  const random = seeded(7);
  let i = -1;
  return () => {
    i += 1;
    const ground = random() < 0.05;
    const r = Math.sqrt(random()) * spreadDeg;
    const a = random() * 2 * Math.PI;
    const identity = plain ? 'civil' : i % 23 === 5 ? RARE[Math.floor(random() * RARE.length)] : IDENTITIES[i % 8];
    const dark = identity === 'unknown' || identity === 'pending';
    return {
      number: i + 1,
      lat: centre.lat + r * Math.sin(a),
      lon: centre.lon + (r * Math.cos(a)) / Math.cos((centre.lat * Math.PI) / 180),
      level: ground ? null : Math.round(random() * 400) * 100,
      speed: ground ? 15 : 120 + random() * 380,
      track: random() * 360,
      climb: random() < 0.6 ? 0 : Math.round((random() - 0.5) * 60) * 64,
      period: dark ? 4000 : random() < 0.3 ? 4000 : 1000,
      phase: random() * 4000,
      ground,
      coasts: random() < 0.03,
      identity,
      address: dark ? null : Math.floor(random() * 0xffffff).toString(16).padStart(6, '0'),
      callsign: dark || random() < 0.06 ? null : AIRLINES[i % 10] + (100 + Math.floor(random() * 8900)),
      squawk: i === 11 ? '7700' : Math.floor(random() * 4096).toString(8).padStart(4, '0'),
      category: ['large', 'small', 'heavy', 'rotorcraft'][i % 4],
      sources: dark ? ['primary'] : random() < 0.3 ? ['secondary', 'ads_b'] : ['ads_b'],
      updated: 0,
    };
  };
}

function step(track, now, dtS) {
  const nm = (track.speed * dtS) / 3600;
  const a = (track.track * Math.PI) / 180;
  track.lat += (nm * Math.cos(a)) / 60;
  track.lon += (nm * Math.sin(a)) / 60 / Math.cos((track.lat * Math.PI) / 180);
  if (track.level !== null) track.level = Math.max(500, Math.min(43000, track.level + (track.climb * dtS) / 60));
  if (!track.coasts) track.updated = now - ((now + track.phase) % track.period);
}

function states(tracks, now) {
  const column = (of) => tracks.map(of);
  return {
    number: column((t) => t.number),
    lat_e6: column((t) => Math.round(t.lat * 1e6)),
    lon_e6: column((t) => Math.round(t.lon * 1e6)),
    level_ft: column((t) => (t.level === null ? null : Math.round(t.level / 25) * 25)),
    speed_kt: column((t) => Math.round(t.speed)),
    track_ddeg: column((t) => Math.round(t.track * 10) % 3600),
    climb_fpm: column((t) => t.climb),
    age_ms: column((t) => Math.max(0, Math.round(now - t.updated))),
    flags: column((t) => (t.coasts ? 1 : 0) | (t.ground ? 2 : 0)),
    ellipse_major_m: column((t) => (t.sources.includes('ads_b') ? 60 : 900)),
    ellipse_minor_m: column((t) => (t.sources.includes('ads_b') ? 45 : 260)),
    ellipse_deg: column((t) => t.number % 180),
    only_sensor: column(onlySensor),
  };
}

const describe = (t) => ({
  number: t.number,
  identity: t.identity,
  address: t.address,
  callsign: t.callsign,
  squawk: t.squawk,
  category: t.category,
  sources: t.sources,
  words: [],
  told: false,
  owner: t.number % 5 === 0 ? 'KAZ' : 'XXA',
  owner_next: t.number % 17 === 0 ? (t.number % 5 === 0 ? 'XXA' : 'KAZ') : null,
});

/** Starts a stand-in node; resolves to `{ port, heard, close }`, where `heard` is what its consoles sent. */
export function startMockNode(options = {}) {
  const { port = 0, tracks: count = 300, spreadDeg = 1.6, replay = false, shed = false, protocol = 1, plain = false, joint = false, desk = false, viewer = false, signedOut = false, churn = 0 } = options;
  const centre = { lat: 33.94, lon: -118.4 };
  const { tracks, next } = makeTraffic(count, centre, spreadDeg, plain);
  const numbers = tracks.filter((track) => !track.ground).slice(0, 12).map((track) => track.number);
  const placeOf = (number) => {
    const track = tracks.find((one) => one.number === number);
    return { lat_deg: track.lat, lon_deg: track.lon };
  };
  const startedMs = Date.now();
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    if ((viewer || signedOut) && path === '/api/v1/session') {
      // Any name and password will do.
      if (request.method !== 'GET') someone = request.method === 'POST';
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(viewer ? VIEWER : someone ? SOMEBODY : NOBODY));
      return;
    }
    if (desk && path === '/api/v1/airspace') {
      response.writeHead(200, { 'content-type': 'application/geo+json' }).end(JSON.stringify(airspacesAt(centre)));
      return;
    }
    if (path === '/api/v1/coverage/predicted') {
      let text = '';
      request.on('data', (part) => (text += part));
      request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(predictedAt(JSON.parse(text)))));
      return;
    }
    const file = join(DIST, path === '/' ? 'index.html' : path);
    if (!file.startsWith(DIST) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end('not found');
      return;
    }
    response.writeHead(200, {
      'content-type': MIME[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    createReadStream(file).pipe(response);
  });
  const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
  const clients = new Set();
  const heard = [];
  let someone = false;
  const partners = partnersAt(startedMs);
  const paired = new Map();
  const send = (client, message) => client.socket.send(encode(message));
  const picture = (client, now, full, born = [], ended = []) =>
    send(client, {
      type: 'picture',
      seq: client.seq++,
      time_ms: now,
      data_age_s: 0.4,
      full,
      states: states(tracks, now),
      descriptions: (full ? tracks : born).map(describe),
      ended,
      tracks_total: tracks.length,
      shed: shed ? { feed_bytes: 20480, tracks: 3, messages: 2 } : { feed_bytes: 0, tracks: 0, messages: 0 },
    });
  // A partner's view comes whole; beside it our own picture, and what of that it is not told.
  const view = (client, now) => {
    const told = toldToPartner(tracks);
    send(client, {
      ...{ type: 'picture', seq: client.seq, time_ms: now, data_age_s: 0.4, full: true, seen_as: client.seenAs },
      ...{ states: states(told, now), descriptions: told.map((track) => ({ ...describe(track), owner: null, owner_next: null })), ended: [] },
      ...{ tracks_total: told.length, shed: { feed_bytes: 0, tracks: 0, messages: 0 } },
    });
    if (client.beside) send(client, heldBackAt(now, client.seenAs, tracks));
  };
  sockets.on('connection', (socket, request) => {
    const client = { socket, seq: 0, selected: null, seenAs: null, beside: false };
    const asked = new URL(request.url, 'http://x').searchParams.get('past_ms');
    // The past stands still here.
    const pastMs = asked === null ? null : Number(asked);
    if (pastMs === null) clients.add(client);
    socket.on('close', () => clients.delete(client));
    socket.on('message', (data) => {
      const message = decode(data);
      heard.push(message);
      if (message.type === 'select') client.selected = message.number;
      if (joint && message.type === 'decide_pair') {
        const key = `${message.party} ${message.theirs} ${message.number}`;
        if (message.word === 'undo') paired.delete(key);
        else paired.set(key, { ...message, at: Date.now() });
        send(client, pairsAt(Date.now(), numbers, paired));
      }
      if (joint && message.type === 'see_as') {
        [client.seenAs, client.beside] = [message.party, message.beside && message.party !== null];
        if (client.seenAs === null || client.beside) picture(client, Date.now(), true);
        if (client.seenAs !== null) view(client, Date.now());
      }
      // Whoever acts is told so: the stand-in has nobody to tell.
      if (['ask', 'answer', 'report', 'withdraw', 'confirm', 'pass'].includes(message.type)) {
        send(client, { type: 'refused', asked: message.type, reason: `a stand-in does nothing: ${JSON.stringify(message)}` });
      }
      if (message.type === 'suspend' || message.type === 'resume') {
        const accord = partners.accords.find((one) => one.id === message.accord);
        accord.status = message.type === 'suspend' ? `suspended by XXA; ${accord.status}` : accord.status.replace('suspended by XXA; ', '');
        send(client, partners);
      }
      if (message.type === 'explain') {
        send(client, { type: 'explained', number: message.number, party: message.party, released: true, lines: ['position: kaz-xxa-illustration article 2, position to 1 NM', 'level: kaz-xxa-illustration article 2'] });
      }
      if (desk && message.type === 'look_at_incident' && message.incident) send(client, incidentAt(Date.now(), numbers));
      if (message.type === 'look_at_sensor' && message.sensor !== null) send(client, coverAt(Date.now(), startedMs, message.sensor));
      if (message.type === 'resync') picture(client, Date.now(), true);
    });
    send(client, {
      type: 'hello',
      protocol,
      software: '0.1.0',
      node: 'Stand-in',
      party: 'XXA',
      source: replay || pastMs !== null ? 'replay' : 'live',
      notice: 'Invented traffic for development: nothing here is real',
      started_ms: startedMs,
      view: { lat_deg: centre.lat, lon_deg: centre.lon, radius_nm: 60 },
    });
    picture(client, pastMs ?? Date.now(), true);
    if (joint) for (const message of [partners, areasAt(centre), pairsAt(startedMs, numbers, paired), requestsAt(startedMs), backUpsAt(startedMs)]) send(client, message);
    if (desk) for (const message of [airspaceTimesAt(startedMs), alertsAt(startedMs, numbers, placeOf), incidentsAt(startedMs, numbers), identityDeskAt(startedMs, numbers)]) send(client, message);
  });
  for (let i = 0; i < 90; i += 1) for (const track of tracks) step(track, startedMs - (90 - i) * 1000, 1);
  const timer = setInterval(() => {
    const now = Date.now();
    // The first stay: the desk's alerts are about them.
    const ended = tracks.splice(STAYING, churn).map(({ number }) => ({ number, reason: 'lost', successor: null }));
    const born = Array.from({ length: ended.length }, next);
    tracks.push(...born);
    for (const track of tracks) step(track, now, 1);
    for (const client of clients) {
      if (client.seenAs === null || client.beside) picture(client, now, false, born, ended);
      if (client.seenAs !== null) view(client, now);
      if (desk) send(client, alertsAt(startedMs, numbers, placeOf));
      send(client, { type: 'sensors', time_ms: now, rows: sensorRows(now, Math.round((now - startedMs) / 3), tracks) });
      const chosen = tracks.find((t) => t.number === client.selected);
      const pairs = joint ? pairsAt(now, numbers, paired) : { rows: [] };
      if (joint) send(client, pairs);
      if (chosen) send(client, { ...selectedOf(chosen, now, startedMs), pairs: pairs.rows.filter((row) => row.number === chosen.number), ...(desk ? { who: whoAt(startedMs, chosen.number, chosen.identity), plan: planAt(startedMs, chosen.callsign ?? 'XXA1') } : {}) });
    }
  }, 1000);
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () =>
      resolve({
        port: server.address().port,
        heard,
        close: () => {
          clearInterval(timer);
          for (const client of clients) client.socket.terminate();
          return new Promise((done) => server.close(done));
        },
      }),
    );
  });
}

function selectedOf(t, now, startedMs) {
  const adsb = t.sources.includes('ads_b');
  return {
    type: 'selected',
    number: t.number,
    time_ms: now,
    lat_deg: t.lat,
    lon_deg: t.lon,
    height_ft: adsb && t.level !== null ? t.level + 350 : null,
    level_ft: t.level,
    level_age_s: 0.8,
    speed_sd_kt: 1.7,
    first_ms: startedMs,
    nic: adsb ? 8 : null,
    nac_p: adsb ? 9 : null,
    sil: adsb ? 3 : null,
    adsb_version: adsb ? 2 : null,
    sources: t.sources.map((kind, i) => ({
      sensor: kind === 'ads_b' ? '1/1' : '1/2',
      name: kind === 'ads_b' ? 'LAX roof receiver' : 'San Pedro Hill',
      kind,
      age_s: (now - t.updated) / 1000 + i,
      plots: 128 - i * 90,
    })),
    told: toldOf(t, now),
  };
}

/** Who told each value last: callsigns seldom, the level of every ninth not for long. */
function toldOf(t, now) {
  const kind = t.sources[0];
  const by = kind === 'ads_b' ? ['LAX roof receiver', '1/1'] : ['San Pedro Hill', '1/2'];
  const age = (now - t.updated) / 1000;
  const row = (field, age_s) => ({ field, by: by[0], sensor: by[1], kind, age_s });
  const told = [
    row('position', age),
    t.level !== null && row('level', t.number % 9 === 0 ? 47 : age),
    kind === 'ads_b' && row('velocity', age + 0.3),
    kind === 'ads_b' && row('climb', age + 0.3),
    t.callsign && row('callsign', 4.6),
    t.squawk && row('squawk', t.number % 4 === 0 ? 21 : 2.2),
    t.address && row('address', age),
    t.address && row('category', 4.6),
  ].filter(Boolean);
  if (t.number % 5 === 0) told.splice(1, 0, { field: 'position', by: 'KAZ', sensor: null, kind: null, age_s: 3.4 });
  return told;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8480' },
      tracks: { type: 'string', default: '300' },
      'spread-deg': { type: 'string', default: '1.6' },
      protocol: { type: 'string', default: '1' },
      replay: { type: 'boolean', default: false },
      shed: { type: 'boolean', default: false },
      plain: { type: 'boolean', default: false },
      joint: { type: 'boolean', default: false },
      desk: { type: 'boolean', default: false },
      viewer: { type: 'boolean', default: false },
    },
  });
  const node = await startMockNode({
    port: Number(values.port),
    tracks: Number(values.tracks),
    spreadDeg: Number(values['spread-deg']),
    protocol: Number(values.protocol),
    replay: values.replay,
    shed: values.shed,
    plain: values.plain,
    joint: values.joint,
    desk: values.desk,
    viewer: values.viewer,
  });
  process.stdout.write(`invented traffic on http://127.0.0.1:${node.port}\n`);
}
