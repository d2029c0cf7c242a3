// Signing in at the console in a real browser: the first administrator, an invitation, a role that may not,
// being shut out. Runs as console.test.mjs does.
//
//   ENTENTE_SHOTS=FOLDER  also write what the screen shows at each step

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { System, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle() ?? (process.env.ENTENTE_STAND_IN ? 'the stand-in has no people' : null);
if (why && process.env.ENTENTE_E2E === 'required') throw new Error(`the browser tests cannot run: ${why}`);
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };
const shots = process.env.ENTENTE_SHOTS;
const PASSWORD = 'seven hills and a lake';

let system;
let browser;
let root;
let asel;
let invitation;
const complaints = [];

async function visitor() {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  return page;
}

before(async () => {
  if (why) return;
  system = await System.start((folder) => `[people]\ndirectory = ${JSON.stringify(join(folder, 'people'))}\n`);
  browser = await launchBrowser();
  root = await visitor();
  asel = await visitor();
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

const says = (page, selector, pattern) =>
  until(`${selector} to say ${pattern}`, async () => pattern.test((await page.textContent(selector)) ?? ''));
const isLive = (page) => page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 60_000 });
async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Types where the cursor is already, and goes on with Tab. */
async function fill(page, texts) {
  for (const [i, text] of texts.entries()) {
    if (i > 0) await page.keyboard.press('Tab');
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Enter');
}

test('nothing is shown before anybody can sign in, and the log says how', options, async () => {
  await root.goto(system.url);
  await says(root, '#founding', /No administrator can sign in/);
  assert.equal(await root.locator('canvas').count(), 0);
  invitation = await until('the log to say where', async () => /#first=[\w-]{43}/.exec(system.node.log)?.[0]);
});

test('the first administrator chooses a name and a password, by keyboard alone', options, async () => {
  await root.goto('about:blank');
  await root.goto(`${system.url}${invitation}`);
  await root.waitForSelector('#sign-in-name:focus');
  assert.equal(new URL(root.url()).hash, '', 'the secret is not left in the address');
  await fill(root, ['Root', 'short', 'short']);
  await says(root, '#sign-in .problem', /12 characters/);
  await shot(root, 'people-first');
  await root.fill('#sign-in-password', PASSWORD);
  await root.fill('#sign-in-again', PASSWORD);
  await root.keyboard.press('Enter');
  await isLive(root);
  await says(root, '.who-sits', /Root/);
});

test('an administrator invites an operator', options, async () => {
  await root.click('#people-button');
  await root.fill('#invite-name', 'Asel');
  await root.locator('#invite').getByLabel('operator').check();
  await root.click('#invite button[type=submit]');
  invitation = new URL(await root.inputValue('#invitation-link')).hash;
  await says(root, '.people', /Asel.*invited/);
  await shot(root, 'people-list');
});

test('who is invited chooses a password and sees the picture', options, async () => {
  await asel.goto(`${system.url}${invitation}`);
  await asel.waitForSelector('#sign-in-password:focus');
  await fill(asel, [PASSWORD, PASSWORD]);
  await isLive(asel);
  await asel.waitForFunction(() => window.__entente.drawn.length >= 5, null, { timeout: 60_000 });
  await says(asel, '.who-sits', /Asel/);
});

test('what the role does not allow is greyed out with the reason', options, async () => {
  await asel.locator('.row[data-number]').first().click();
  await asel.keyboard.press('d');
  await asel.waitForSelector('#identity-dialog[open]');
  await says(asel, '#identity-dialog .problem', /identification officer; you are viewer and operator/);
  assert.equal(await asel.locator('#identity-dialog button[type=submit]').isDisabled(), true);
  await shot(asel, 'people-may-not');
  await asel.keyboard.press('Escape');
});

test('what is done stands under the name of whoever signed in', options, async () => {
  await asel.focus('#incident-new');
  await asel.keyboard.press('Enter');
  assert.equal(await asel.locator('#incident-by').count(), 0, 'no name is asked for');
  await asel.fill('#incident-title', 'Engine failure off the coast');
  await asel.keyboard.press('Enter');
  await says(asel, '.incident-list', /INC-0001/);
  await says(asel, '.incident-list', /Asel · 0 of \d steps/);
});

test('a wrong password is refused, the right one is not, and both stand in the audit', options, async () => {
  await asel.click('#sign-out');
  await asel.waitForSelector('#sign-in-name:focus');
  assert.equal(await asel.locator('canvas').count(), 0, 'nothing of the picture stays');
  await fill(asel, ['asel', 'wrong wrong wrong']);
  await says(asel, '#sign-in .problem', /The name or the password is wrong\./);
  await shot(asel, 'people-sign-in');
  await asel.fill('#sign-in-password', PASSWORD);
  await asel.keyboard.press('Enter');
  await isLive(asel);
  await root.click('.audit summary');
  await says(root, '.audit', /Asel127\.0\.0\.1sign indone/);
  await says(root, '.audit', /asel127\.0\.0\.1sign inrefused: wrong/);
  await says(root, '.audit', /Asel127\.0\.0\.1work on incidents/);
  await shot(root, 'people-audit');
});

test('who is shut out sees nothing more, at once', options, async () => {
  await root.locator('.people tr', { hasText: 'Asel' }).getByRole('button', { name: 'Shut out' }).click();
  await asel.waitForSelector('#sign-in-name');
  assert.equal(await asel.locator('canvas').count(), 0);
});

test('the node dies and comes back, and who was signed in still is', options, async () => {
  await system.killNode();
  await until('the picture to freeze', () => root.evaluate(() => window.__entente.connection === 'frozen'));
  await system.startNode();
  await isLive(root);
  await says(root, '.who-sits', /Root/);
});

test('nothing was complained of', options, () => assert.deepEqual(complaints, []));
