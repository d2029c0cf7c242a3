// Somebody else's page on our picture, unchanged: the map of dump1090-mutability, from which tar1090 descends
// and which asks for the same files. It is under the GPL: it comes from Debian's own packages, is no part of
// ours and is only looked at here.
//
//   ENTENTE_OTHERS=…  a folder in which these packages are unpacked (dpkg -x): dump1090-mutability libjs-jquery
//                     libjs-jquery-ui libjs-jquery-ui-theme-smoothness libjs-excanvas; else /, where they are
//                     installed

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { BINARY, System, freePort, launchBrowser, obstacle, until } from './system.mjs';

const HOME = process.env.ENTENTE_OTHERS ?? '/';
const PAGE = '/usr/share/dump1090-mutability/html';
const missing = existsSync(join(HOME, PAGE)) ? null : 'no dump1090-mutability (Debian: its package, unpacked or installed)';
const why = obstacle() ?? (process.env.ENTENTE_STAND_IN ? 'the stand-in has no consumers' : missing);
if (missing && process.env.ENTENTE_OTHERS) throw new Error(`ENTENTE_OTHERS: ${missing}`);
if (why) process.stdout.write(`skipped: somebody else's page: ${why}\n`);
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };

const ACCORD = `form = 1
accord = "xxa-xxb"
title = "Two neighbours"
nature = "illustration"
[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"
[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01
[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["position", "level", "velocity", "vertical-rate", "address", "callsign", "code"]
`;

let system;
let browser;
let page;
let server;
let files;
const asked = new Set();
const complaints = [];

/** Where a file of the page lies: some of its links lead from the root of the system. */
function unpacked(path) {
  const file = join(HOME, PAGE, normalize(path));
  const link = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(file) : '';
  return link.startsWith('/') ? join(HOME, link) : file;
}

const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.gif': 'image/gif', '.png': 'image/png' };

/** The web server that the packages' own configuration describes: the page, and `data/` handed on. */
function serve(port) {
  return createServer((ask, answer) => {
    const path = new URL(ask.url, 'http://x').pathname;
    if (path.startsWith('/data/')) {
      asked.add(path);
      const on = request({ port: files, path: ask.url, headers: { host: `127.0.0.1:${files}` } }, (told) => {
        answer.writeHead(told.statusCode, told.headers);
        told.pipe(answer);
      });
      on.on('error', () => answer.writeHead(502).end());
      on.end();
      return;
    }
    const file = unpacked(path);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void answer.writeHead(404).end();
    answer.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  }).listen(port, '127.0.0.1');
}

before(async () => {
  if (why) return;
  files = await freePort();
  system = await System.start((folder) => {
    execFileSync(BINARY, ['keys', 'make', join(folder, 'keys'), '--party', 'XXA']);
    writeFileSync(join(folder, 'accord.toml'), ACCORD);
    return `[node]
party = "XXA"
[accords]
files = ["accord.toml"]
[[consumer]]
name = "map"
party = "XXB"
format = "readsb"
listen = "127.0.0.1:${files}"
`;
  });
  const port = await freePort();
  server = serve(port);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  // Its map's background is other people's servers.
  await page.route((url) => url.port !== String(port), (route) => route.abort());
  await until('the files to be there', async () => {
    const told = await fetch(`http://127.0.0.1:${files}/data/aircraft.json`);
    return told.ok && (await told.json()).aircraft.filter((one) => one.flight).length >= 5;
  });
  await page.goto(`http://127.0.0.1:${port}/gmap.html`);
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await system?.stop();
});

/** What the page holds of each aircraft, and the row that it shows. */
const shown = () =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('#tableinfo tbody tr.plane_table_row')]
        .map((row) => [...row.cells].map((cell) => cell.textContent.trim()))
        .map(([hex, , flight, squawk]) => [hex, { flight, squawk }]),
    ),
  );

test("dump1090's page, unchanged, lists our aircraft by address, callsign and squawk", options, async () => {
  // The page asks once a second: what it shows is compared until both are of the same second.
  let differing;
  await until('the page to show what the file tells of five aircraft', async () => {
    const rows = await shown();
    const told = await (await fetch(`http://127.0.0.1:${files}/data/aircraft.json`)).json();
    const compared = told.aircraft.filter((one) => one.flight && rows[one.hex]?.flight);
    differing = compared
      .map(({ hex, flight, squawk }) => ({ hex, told: { flight: flight.trim(), squawk: squawk ?? rows[hex].squawk }, shown: rows[hex] }))
      .filter((one) => one.told.flight !== one.shown.flight || one.told.squawk !== one.shown.squawk);
    return compared.length >= 5 && differing.length === 0;
  }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(differing)}`));
});

test("dump1090's page has our aircraft on its map, where the console has them", options, async () => {
  const both = await until('five aircraft of the file on its map', async () => {
    const there = await page.evaluate(() =>
      PlanesOrdered.filter((plane) => plane.marker && plane.visible).map((plane) => {
        const at = ol.proj.toLonLat(plane.marker.getGeometry().getCoordinates());
        return { hex: plane.icao, lonDeg: at[0], latDeg: at[1] };
      }),
    );
    const told = await (await fetch(`http://127.0.0.1:${files}/data/aircraft.json`)).json();
    const both = there.flatMap((one) => told.aircraft.filter(({ hex }) => hex === one.hex).map(({ lat, lon }) => [one, lat, lon]));
    return both.length >= 5 && both;
  });
  // A few seconds lie between the two, at 600 kt 0.3 km each.
  for (const [one, lat, lon] of both) {
    assert.ok(Math.abs(one.latDeg - lat) < 0.05 && Math.abs(one.lonDeg - lon) < 0.05, `${JSON.stringify(one)} ${lat} ${lon}`);
  }
});

test('it asked for nothing that the node does not have, and complained of nothing', options, () => {
  for (const path of asked) assert.match(path, /^\/data\/(aircraft|receiver|history_\d+)\.json$/);
  assert.ok(asked.has('/data/receiver.json') && asked.has('/data/aircraft.json'), [...asked].join(' '));
  assert.deepEqual(complaints, []);
});
