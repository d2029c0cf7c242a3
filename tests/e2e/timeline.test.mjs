// Looking back: the strip under the map against the built program and its own recording, by keyboard
// alone.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { System, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle();
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };

let system;
let browser;
let page;
const complaints = [];

before(async () => {
  if (why) return;
  system = await System.start();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  await page.goto(system.url);
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

const entente = (read) => page.evaluate(read);
const connection = () => entente(() => window.__entente?.connection);
const timeMs = () => entente(() => window.__entente.timeMs);
const shot = async (name) => process.env.ENTENTE_SHOTS && page.screenshot({ path: join(process.env.ENTENTE_SHOTS, `${name}.png`) });
const isReplay = () => until('the past to be shown', async () => (await connection()) === 'replay' && (await timeMs()) > 0);
const isLive = () => until('the present to be shown', async () => (await connection()) === 'live' && (await timeMs()) > 0);
const drawn = () => entente(() => window.__entente.drawn.length);

test('the instant before now stands, with the tracks of then', options, async () => {
  await isLive();
  // Long enough for ten seconds back to have tracks.
  await until('tracks', async () => (await drawn()) >= 5);
  const began = await timeMs();
  await until('a while to pass', async () => (await timeMs()) > began + 14_000);
  await page.locator('#map').focus();
  const left = await timeMs();
  await page.keyboard.press(',');
  await isReplay();
  const shown = await timeMs();
  assert.ok(left - shown > 7_000 && left - shown < 14_000, `${left - shown} ms back`);
  await until('its tracks', async () => (await drawn()) > 0);
  assert.match(await page.textContent('.band.replay'), /REPLAY.*paused.*not live/);
  assert.match(await page.textContent('#connection'), /REPLAY/);
  assert.match(page.url(), /past=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
  await shot('timeline-paused');
  await page.keyboard.press(',');
  await until('a second further back', async () => (await connection()) === 'replay' && (await timeMs()) > 0 && (await timeMs()) < shown);
});

test('it is shown with the identities of now where that is chosen, and says so', options, async () => {
  await page.selectOption('#known', 'now');
  await until('the band to say so', async () => /identities as known now/.test(await page.textContent('.band.replay').catch(() => '')));
  await isReplay();
  await until('its tracks', async () => (await drawn()) > 0);
  assert.match(page.url(), /known=now/);
  await shot('timeline-known-now');
  await page.selectOption('#known', 'then');
  await isReplay();
  assert.doesNotMatch(page.url(), /known=/);
});

test('it plays, and says so, until the present is asked for', options, async () => {
  const from = await timeMs();
  await page.locator('#play-pause').focus();
  await page.keyboard.press('Enter');
  await until('time to go on', async () => (await connection()) === 'replay' && (await timeMs()) > from + 2_000);
  assert.match(await page.textContent('.band.replay'), /×1/);
  assert.equal(await page.getAttribute('#play-pause', 'aria-label'), 'Pause');
  await shot('timeline-plays');
  await page.locator('#map').focus();
  await page.keyboard.press('l');
  await isLive();
  assert.equal(await page.locator('.band.replay').count(), 0);
  assert.doesNotMatch(page.url(), /past=/);
});

test('an address leads to its instant', options, async () => {
  const instant = new Date((await timeMs()) - 12_000).toISOString().slice(0, 19);
  await page.goto(`${system.url}?past=${instant}Z`);
  await isReplay();
  assert.equal(new Date(await timeMs()).toISOString().slice(0, 18), instant.slice(0, 18));
});

test('what was never recorded is refused in words, and the present is shown', options, async () => {
  await page.goto(`${system.url}?past=2001-01-01T00:00:00Z`);
  await page.locator('.band.refused').waitFor();
  assert.match(await page.textContent('.band.refused'), /the past: nothing was recorded then/);
  await isLive();
  assert.deepEqual(complaints, []);
});
