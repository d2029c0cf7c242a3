// Who a track is, at the console in a real browser, by keyboard alone: set with a reason, hostile with
// a second person, refused with the reason, kept over a crash. Runs as console.test.mjs does.
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
let chosen;
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

const text = async (selector) => (await page.textContent(selector)) ?? '';
const says = (selector, pattern) => until(`${selector} to say ${pattern}`, async () => pattern.test(await text(selector)));
async function shot(name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Chooses a track by its address in the filter and the table, with keys alone. */
async function choose(address, at = page) {
  await at.keyboard.press('/');
  await at.keyboard.press('Control+A');
  await at.keyboard.type(address);
  await at.locator('.row[data-number]', { hasText: address }).waitFor();
  await at.keyboard.press('Enter');
  await at.keyboard.press('ArrowDown');
  await at.waitForSelector('#identity');
}

/** Opens the dialog, chooses with the arrows, says why and who, and sends it. */
async function set(steps, reason, name) {
  await page.keyboard.press('d');
  await page.waitForSelector('#identity-dialog[open]');
  await page.keyboard.press('Space');
  for (let step = 0; step < steps; step += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type(reason);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(name);
  await shot(`dialog-${steps}`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#identity-dialog:not([open])', { state: 'attached' });
}

test('a track tells what counts for what it is', options, async () => {
  // One that is heard all the while, so that it is there to the end.
  chosen = await until('a track with an address', () =>
    page.evaluate(() => {
      const tracks = window.__entente.numbers().map((n) => window.__entente.track(n));
      return tracks.find((track) => track?.address && track.callsign)?.address;
    }),
  );
  await choose(chosen);
  await says('#identity', /civil, says the machine, by its rules/);
  await says('#identity .evidence', /an address of [A-Z]{3}/);
  await says('#identity .evidence', /\+3 civil/);
  await shot('evidence');
});

test('a person sets it with a reason, without a mouse', options, async () => {
  await set(3, 'survey flight, said by the tower', 'A. Duty');
  await says('#identity', /neutral, says A\. Duty/);
  await says('#identity', /the machine would say civil/);
  await says('#identity', /A\. Duty: set, civil → neutral/);
  await shot('decided');
});

test('hostile waits for a second person, and not for the first again', options, async () => {
  await set(6, 'no answer on 121.5', 'A. Duty');
  await says('#identity', /proposed hostile by A\. Duty/);
  await says('#identities', /1 to confirm/);
  await says('#identity-voice', /proposed hostile/);
  const name = page.locator('#identity .identity-waiting input');
  await name.fill('a.  duty');
  assert.equal(await page.locator('#identity .identity-waiting button[type=submit]').isDisabled(), true);
  await says('#identity', /another person confirms/);
  await shot('waiting');
  await name.fill('B. Second');
  await name.press('Enter');
  await says('#identity', /hostile, says A\. Duty and B\. Second/);
  await shot('hostile');
});

test('it is so after the node has died and come back', options, async () => {
  await system.killNode();
  await system.startNode();
  await page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 30_000 });
  if (!(await page.locator('#identity').isVisible())) await choose(chosen);
  await says('#identity', /hostile, says A\. Duty and B\. Second/);
  await says('#identity', /A\. Duty: set, civil → neutral/);
});

test('what the node refuses it says why', options, async () => {
  await page.locator('#identity button', { hasText: 'Withdraw' }).click();
  await page.waitForSelector('#identity-dialog[open]');
  await page.locator('#identity-dialog textarea').fill('the flight is over');
  // Somebody else withdraws it first.
  const other = await browser.newPage();
  await other.goto(system.url);
  await other.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 30_000 });
  await choose(chosen, other);
  await other.locator('#identity button', { hasText: 'Withdraw' }).click();
  await other.locator('#identity-dialog textarea').fill('identified by voice');
  await other.locator('#identity-dialog input[type=text]').fill('C. Third');
  await other.locator('#identity-dialog button[type=submit]').click();
  await says('#identity', /civil, says the machine/);
  await other.close();
  await page.locator('#identity-dialog input[type=text]').fill('A. Duty');
  await page.locator('#identity-dialog button[type=submit]').click();
  await says('body', /nobody has set the identity of this track/);
  await shot('refused');
});

test('nothing was complained of', options, () => {
  assert.deepEqual(complaints, []);
});
