// An incident at the console in a real browser: opened by hand, worked on, closed with a reason where one
// is needed, taken away as a zip, kept over a crash. Runs as console.test.mjs does.
//
//   ENTENTE_SHOTS=FOLDER  also write what the screen shows at each step

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
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
const complaints = [];

before(async () => {
  if (why) return;
  system = await System.start();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(system.url);
  await page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 30_000 });
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

const says = (selector, pattern) =>
  until(`${selector} to say ${pattern}`, async () => pattern.test((await page.textContent(selector)) ?? ''));
async function shot(name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

test('one is opened with the selected track, by keyboard alone', options, async () => {
  await page.locator('.row[data-number]').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('#identity');
  await page.focus('#incident-new');
  await page.keyboard.press('Enter');
  await page.focus('#incident-form select');
  await page.keyboard.type('Emergency');
  await page.focus('#incident-title');
  await page.keyboard.type('Engine failure off the coast');
  await page.focus('#incident-by');
  await page.keyboard.type('Asel (Shift lead)');
  await shot('incident-new');
  await page.keyboard.press('Enter');
  await says('.incident-list', /INC-0001/);
  await says('.incident-list', /Asel \(Shift lead\) · 0 of \d steps/);
});

test('its checklist is ticked and its log says who did what', options, async () => {
  await page.focus('.incident-line');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.incident-steps');
  await page.focus('.incident-steps input');
  await page.keyboard.press('Space');
  await says('.incident-steps', /Asel \(Shift lead\) \d\d:\d\d:\d\dZ/);
  await says('.incident-list', /1 of \d steps/);
  await page.fill('.incident-detail input[placeholder="note"]', 'Rescue centre informed');
  await page.keyboard.press('Enter');
  await page.click('.incident-detail summary');
  await says('.incident-log', /Rescue centre informed/);
  await shot('incident-detail');
});

test('it is taken away as one file', options, async () => {
  const href = await page.getAttribute('.incident-detail a[download]', 'href');
  const answer = await page.request.get(new URL(href, system.url).href);
  assert.equal(answer.status(), 200);
  const bytes = await answer.body();
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  assert.ok(bytes.length > 2_000);
});

test('it is so after the node has died and come back, and ends with an outcome', options, async () => {
  await system.killNode();
  await system.startNode();
  await page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 60_000 });
  await says('.incident-list', /1 of \d steps/);
  await page.selectOption('.incident-detail select >> nth=-1', 'unresolved');
  const close = page.locator('.incident-detail button', { hasText: /^Close$/ });
  assert.equal(await close.isDisabled(), true, 'it needs a reason');
  await page.fill('.incident-detail input[placeholder="why"]', 'The target left our coverage');
  await close.click();
  await says('.incident-list', /closed: unresolved/);
  await shot('incident-closed');
});

test('nothing was complained of', options, () => assert.deepEqual(complaints, []));
