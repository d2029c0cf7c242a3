// The console in a real browser against the built program: a recorded Mode S stream comes in over
// TCP, aircraft appear and move, the operator selects and filters, the node dies and comes back.
//
//   npm run e2e           in web/
//   ENTENTE_BIN=…         the program, if not target/debug/entente
//   CHROMIUM=…            the browser, if it is not on the PATH
//   ENTENTE_E2E=required  fail, not skip, where the tests cannot run
//   ENTENTE_SCREENSHOT=1  also write docs/images/console.png (1600×900)
//   ENTENTE_STAND_IN=1    against web/dev/mock-node.mjs, to work on the console alone

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT, System, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle();
if (why && process.env.ENTENTE_E2E === 'required') throw new Error(`the browser tests cannot run: ${why}`);
if (why) process.stdout.write(`skipped: browser tests: ${why}\n`);
const skip = why !== null && { skip: why };
const options = { timeout: 120_000, ...skip };

let system;
let browser;
let page;
const complaints = [];

before(async () => {
  if (why) return;
  system = await System.start();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  // The network's own messages are expected while the node is down; anything else is not.
  page.on('console', (line) => {
    if (line.type() === 'error' && !/WebSocket|ERR_CONNECTION/.test(line.text())) complaints.push(line.text());
  });
  await page.goto(system.url);
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

const inspect = (read) => page.evaluate(read);
/** Track numbers by aircraft address, of what the console shows now. */
const numbersByAddress = () =>
  inspect(() =>
    Object.fromEntries(
      window.__entente
        .numbers()
        .map((n) => [window.__entente.track(n)?.address, n])
        .filter(([address]) => address),
    ),
  );
const connection = () => inspect(() => window.__entente?.connection);
const text = async (selector) => (await page.textContent(selector)) ?? '';
const isLive = () => page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 30_000 });

test('aircraft appear', options, async () => {
  await isLive();
  await page.waitForFunction(() => window.__entente.drawn.length >= 5, null, { timeout: 60_000 });
  const words = await text('#connection');
  assert.match(words, /LIVE/);
  assert.match(await text('#track-count'), /^\d/);
});

test('they move', options, async () => {
  const where = () =>
    inspect(() => Object.fromEntries(window.__entente.numbers().map((n) => [n, window.__entente.track(n)])));
  const start = await where();
  await until('five tracks to have moved', async () => {
    const now = await where();
    const moved = Object.keys(start).filter((number) => {
      const [from, to] = [start[number], now[number]];
      return from && to && Math.hypot(to.latDeg - from.latDeg, to.lonDeg - from.lonDeg) > 1e-4;
    });
    return moved.length >= 5;
  });
});

test('a click on a symbol selects its track', options, async () => {
  const map = await page.locator('#map').boundingBox();
  await until('a click to select the track under it', async () => {
    const alone = await inspect(() => {
      const all = window.__entente.drawn;
      const { clientWidth: width, clientHeight: height } = document.getElementById('map');
      return all.find(
        (a) =>
          a.x > 40 &&
          a.x < width - 40 &&
          a.y > 70 &&
          a.y < height - 50 &&
          all.every((b) => a === b || Math.hypot(a.x - b.x, a.y - b.y) > 34),
      );
    });
    if (!alone) return false;
    await page.mouse.click(map.x + alone.x, map.y + alone.y);
    return (await inspect(() => window.__entente.selected)) === alone.number;
  });
  await page.locator('#track .sources:not(.evidence)').waitFor();
  const panel = await text('#track');
  assert.match(panel, /Position\s*\d\d°\d\d\.\d'[NS] \d{3}°\d\d\.\d'[EW]/);
  assert.match(panel, /95 % ellipse/);
});

test('a click on a row selects its track', options, async () => {
  const row = page.locator('.row[data-number]').first();
  const number = Number(await row.getAttribute('data-number'));
  await row.click();
  await until('the row to be selected', async () => (await inspect(() => window.__entente.selected)) === number);
});

test('the filter finds a callsign by keyboard alone', options, async () => {
  const callsign = await until('a callsign', () =>
    inspect(() => {
      const named = window.__entente.numbers().map((n) => window.__entente.track(n)?.callsign);
      return named.find((name) => name && name.length > 4) ?? null;
    }),
  );
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement?.id === 'filter-text');
  await page.keyboard.type(callsign.trim());
  await until('the filter to leave few', async () => /^[1-9] of \d+ shown/.test(await text('#filter-count')));
  assert.match(await text('.row[data-number]'), new RegExp(callsign.trim()));
  await page.keyboard.press('Escape');
  await until('the filter to be cleared', async () => /tracks$/.test(await text('#filter-count')));
});

test('every sensor is listed by name with its health in words', options, async () => {
  await page.locator('.sensor').first().waitFor();
  const sensors = await text('#sensors');
  assert.match(sensors, /good|degraded|silent|waiting/);
  if (!process.env.ENTENTE_STAND_IN) assert.match(sensors, /Los Angeles/);
});

test('what is shown besides the present air is said across the screen', options, async () => {
  assert.match(await text('#notice'), process.env.ENTENTE_STAND_IN ? /Invented/ : /^RECORDING: /);
});

test('light and dark by one key', options, async () => {
  await page.locator('#map').focus();
  const before = await inspect(() => window.__entente.theme);
  await page.keyboard.press('t');
  await until('the theme to change', async () => (await inspect(() => window.__entente.theme)) !== before);
  await page.keyboard.press('t');
  await until('the theme to return', async () => (await inspect(() => window.__entente.theme)) === before);
});

const forPicture = { ...options, timeout: 240_000, skip: skip.skip ?? !process.env.ENTENTE_SCREENSHOT };

test('a picture for the README', forPicture, async () => {
  // A minute's history dots, and enough aircraft that have told their callsign.
  const sinceMs = await inspect(() => window.__entente.timeMs);
  await page.waitForFunction(
    (since) => {
      const { timeMs, numbers, track } = window.__entente;
      return timeMs > since + 60_000 && numbers().filter((n) => track(n)?.callsign).length >= 20;
    },
    sinceMs,
    { timeout: 200_000 },
  );
  await page.locator('#map').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const middling = await until('a named track near the middle', () =>
    inspect(() => {
      const { clientWidth: width, clientHeight: height } = document.getElementById('map');
      const off = (a) => Math.hypot(a.x - width / 2, a.y - height / 2);
      const named = window.__entente.drawn.filter((a) => window.__entente.track(a.number)?.callsign);
      return named.sort((a, b) => off(a) - off(b))[0]?.number ?? null;
    }),
  );
  const map = await page.locator('#map').boundingBox();
  await until('it to be selected', async () => {
    const at = await page.evaluate((n) => window.__entente.drawn.find((a) => a.number === n), middling);
    if (at) await page.mouse.click(map.x + at.x, map.y + at.y);
    return (await inspect(() => window.__entente.selected)) !== null;
  });
  await page.locator('#track .sources:not(.evidence)').waitFor();
  await page.mouse.move(map.x + 5, map.y + map.height - 60);
  await page.locator('#map').blur();
  const wanted = process.env.ENTENTE_SCREENSHOT;
  const path = wanted === '1' ? join(ROOT, 'docs', 'images', 'console.png') : wanted;
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
});

let numbered = {};

test('when the node dies the picture stays and says since when it is frozen', options, async () => {
  numbered = await numbersByAddress();
  await system.killNode();
  await until('the console to notice', async () => (await connection()) === 'frozen');
  const says = (selector, words) => async () =>
    words.test((await page.locator(selector).allTextContents()).join(' '));
  await until('the band to say so', says('#stale-banner', /FROZEN since \d\d:\d\d:\d\dZ.*reconnecting/));
  await until('the screen reader to be told', says('#live-region', /frozen since/i));
  assert.ok((await inspect(() => window.__entente.trackCount)) > 0, 'the last picture is kept');
});

test('when the node comes back so does the picture', options, async () => {
  const frozenAt = await inspect(() => window.__entente.timeMs);
  await system.startNode();
  await isLive();
  await page.waitForFunction(
    (since) => window.__entente.timeMs > since && window.__entente.drawn.length > 0,
    frozenAt,
    { timeout: 60_000 },
  );
  await until('the band to go', async () => (await page.locator('#stale-banner').count()) === 0);
});

const needsJournal = options.skip ? options : { ...options, ...(process.env.ENTENTE_STAND_IN && { skip: 'the stand-in keeps no journal' }) };

test('after the restart each aircraft still has its track number', needsJournal, async () => {
  const { same, changed } = await until('ten aircraft from before the restart', async () => {
    const now = await numbersByAddress();
    const both = Object.keys(numbered).filter((address) => address in now);
    const changed = both.filter((address) => now[address] !== numbered[address]);
    return both.length >= 10 && { same: both.length - changed.length, changed };
  });
  assert.deepEqual(changed, [], `${same} kept their number`);
});

test('the page complained of nothing', options, () => {
  assert.deepEqual(complaints, []);
});
