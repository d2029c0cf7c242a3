// Alerts at the console in a real browser: what a node's own files and rules warn of, seen, acknowledged,
// muted and closed by a person, kept over a crash, and over when it is over. Runs as console.test.mjs does.
//
//   ENTENTE_SHOTS=FOLDER  also write what the screen shows at each step

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { System, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle() ?? (process.env.ENTENTE_STAND_IN ? 'the stand-in takes no decisions' : null);
if (why && process.env.ENTENTE_E2E === 'required') throw new Error(`the browser tests cannot run: ${why}`);
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };
const shots = process.env.ENTENTE_SHOTS;

let system;
let browser;
let page;
let receiver;
const complaints = [];

/** One aircraft that flies circles of 2 NM about a place and tells a code, as a receiver passes it on. */
class Receiver {
  constructor() {
    this.code = '7700';
    this.sockets = new Set();
    this.begun = Date.now();
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.beat = setInterval(() => this.tell(), 500);
    return this.server.address().port;
  }

  tell() {
    const turn = (Date.now() - this.begun) / 1000 / 116;
    const angle = turn * 2 * Math.PI;
    const latitude = 42.9 + (2 / 60) * Math.cos(angle);
    const longitude = 74.6 + ((2 / 60) * Math.sin(angle)) / Math.cos((42.9 * Math.PI) / 180);
    const course = Math.round((angle * 180) / Math.PI + 90) % 360;
    const time = '2026/11/28,12:00:00.000,2026/11/28,12:00:00.000';
    const text = [
      `MSG,1,1,1,6010AB,1,${time},KGZ100,,,,,,,,,,,`,
      `MSG,3,1,1,6010AB,1,${time},,9000,,,${latitude.toFixed(6)},${longitude.toFixed(6)},,,0,0,0,0`,
      `MSG,4,1,1,6010AB,1,${time},,,389,${course},,,0,,,,,`,
      `MSG,6,1,1,6010AB,1,${time},,,,,,,,${this.code},0,0,0,0`,
    ];
    for (const socket of this.sockets) socket.write(`${text.join('\r\n')}\r\n`);
  }

  stop() {
    clearInterval(this.beat);
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

const PROHIBITED = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { name: 'UCP9', kind: 'prohibited', lower: 'GND', upper: 'FL120' },
      geometry: { type: 'Polygon', coordinates: [[[74.3, 42.7], [74.9, 42.7], [74.9, 43.1], [74.3, 43.1], [74.3, 42.7]]] },
    },
  ],
};

before(async () => {
  if (why) return;
  receiver = new Receiver();
  const port = await receiver.listen();
  system = await System.start((folder) => {
    const file = join(folder, 'airspace.geojson');
    writeFileSync(file, JSON.stringify(PROHIBITED));
    return [
      `[intent]\nairspace = ["${file}"]\n`,
      `[[feed]]\nname = "Kant"\nformat = "sbs"\nconnect = "127.0.0.1:${port}"\nsac = 1\nsic = 2\n`,
      // The crowded sky of the recording would fill the list.
      '[alerts]\noff = ["conflict"]\n',
      '[[alerts.site]]\nname = "quick in the prohibited area"\nseverity = "caution"\n',
      'when = \'inside("UCP9") && speed_kt > 300\'\n',
    ].join('\n');
  });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await open();
});

after(async () => {
  await browser?.close();
  await system?.stop();
  receiver?.stop();
});

async function open() {
  await page.goto(system.url);
  await page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 30_000 });
}

const line = (title) => page.locator('#alerts > .alert-list > li', { hasText: title });
const says = (title, pattern) =>
  until(`${title} to say ${pattern}`, async () => {
    const found = line(title).first();
    return (await found.count()) > 0 && pattern.test((await found.textContent()) ?? '');
  });
async function shot(name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}
/** Opens the row, if it is not open, without a mouse. */
async function look(title) {
  const button = line(title).first().locator('.alert-line');
  if ((await button.getAttribute('aria-expanded')) === 'true') return;
  await button.focus();
  await page.keyboard.press('Enter');
}

test('what the code, the airspace and a rule of the site warn of are rows with their reasons', options, async () => {
  await says('EMERGENCY 7700', /KGZ100/);
  await says('UCP9', /KGZ100/);
  await says('QUICK IN THE PROHIBITED AREA', /KGZ100/);
  await look('QUICK IN THE PROHIBITED AREA');
  await says('QUICK IN THE PROHIBITED AREA', /389 kt.*300 kt/s);
  await shot('alerts-raised');
});

test('a person acknowledges one by keyboard and mutes another with a reason', options, async () => {
  await look('EMERGENCY 7700');
  await page.fill('#alert-name', 'Asel');
  await page.keyboard.press('Enter');
  await says('EMERGENCY 7700', /seen by Asel/);
  await look('QUICK IN THE PROHIBITED AREA');
  await page.locator('#alerts details summary').click();
  await page.fill('#alerts details input[type=text]', 'photo flight');
  await page.locator('#alerts details button[type=submit]').click();
  await says('QUICK IN THE PROHIBITED AREA', /Muted by Asel until .*photo flight/s);
  await shot('alerts-muted');
});

test('after the node has died and come back both are as they were', options, async () => {
  await system.killNode();
  await system.startNode();
  await page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 30_000 });
  await says('EMERGENCY 7700', /seen by Asel/);
  await says('QUICK IN THE PROHIBITED AREA', /muted until/i);
});

test('one that is closed with a reason opens again where its rule still fires', options, async () => {
  const before = await line('QUICK IN THE PROHIBITED AREA').count();
  assert.equal(before, 1);
  await look('QUICK IN THE PROHIBITED AREA');
  await page.getByRole('button', { name: 'Unmute' }).click();
  await page.locator('#alerts details summary').click();
  await page.fill('#alerts details input[type=text]', 'told the crew');
  await page.locator('#alerts details').getByRole('button', { name: 'Close' }).click();
  await until('another one', async () => (await line('QUICK IN THE PROHIBITED AREA').count()) === 2);
});

test('what is over is told as over', options, async () => {
  receiver.code = '2000';
  await until('it to end', async () => /state-ended/.test((await line('EMERGENCY 7700').first().getAttribute('class')) ?? ''), 90_000);
  await shot('alerts-over');
});

test('nothing was complained of', options, () => assert.deepEqual(complaints, []));
