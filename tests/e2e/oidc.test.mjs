// Signing in at an identity provider in a real browser. The provider is `oidc-provider` of npm, certified by the OpenID
// Foundation; its own pages ask for the name, and any password does. Runs as console.test.mjs does.
//
//   ENTENTE_SHOTS=FOLDER  also write what the screen shows at each step

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT, System, freePort, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle() ?? (process.env.ENTENTE_STAND_IN ? 'the stand-in has no people' : null);
if (why && process.env.ENTENTE_E2E === 'required') throw new Error(`the browser tests cannot run: ${why}`);
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };
const shots = process.env.ENTENTE_SHOTS;
const SECRET = 'between the two of us';
const GROUPS = { asel: ['air-operators'], bakyt: ['choir'] };

let provider;
let system;
let browser;
const complaints = [];

/** The provider, for a node whose console is at `url`. */
async function startProvider(port, redirect) {
  const at = createRequire(join(ROOT, 'web', 'package.json')).resolve('oidc-provider');
  const { default: Provider } = await import(pathToFileURL(at).href);
  const found = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: 'entente', client_secret: SECRET, redirect_uris: [redirect], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key for this test'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, groups: GROUPS[id] ?? [] }) }),
    pkce: { required: () => true },
  });
  provider = createServer(found.callback());
  await new Promise((done) => provider.listen(port, '127.0.0.1', done));
}

before(async () => {
  if (why) return;
  const port = await freePort();
  system = await System.start((folder) => {
    writeFileSync(join(folder, 'oidc.secret'), SECRET, { mode: 0o600 });
    return `[people]
directory = ${JSON.stringify(join(folder, 'people'))}
[people.oidc]
issuer = "http://127.0.0.1:${port}"
client_id = "entente"
client_secret_file = "oidc.secret"
label = "Ministry account"
[people.oidc.roles]
"air-operators" = ["operator"]
`;
  });
  await startProvider(port, `${system.url}api/v1/oidc/back`);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await system?.stop();
  provider?.closeAllConnections();
  provider?.close();
});

async function visitor(language) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...(language && { locale: language }) });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  return page;
}

async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Goes to the provider by keyboard alone and signs in there as `name`. */
async function signIn(page, name) {
  await page.waitForSelector('#sign-in-provider');
  await page.focus('#sign-in-provider');
  await page.keyboard.press('Enter');
  await page.waitForSelector('input[name=login]');
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', 'anything');
  await page.click('button[type=submit]');
  await page.waitForSelector('form[action*="/interaction/"] button[type=submit]:not([name])');
  await page.click('button[type=submit]');
}

test('a button leads to the provider, and whoever comes back is in with the roles of their groups', options, async () => {
  const page = await visitor();
  await page.goto(system.url);
  await page.waitForSelector('#sign-in-provider');
  assert.equal((await page.textContent('#sign-in-provider')).trim(), 'Sign in with Ministry account');
  await shot(page, 'oidc-sign-in');
  await signIn(page, 'asel');
  await page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 60_000 });
  const state = await page.evaluate(async () => (await fetch('api/v1/session')).json());
  assert.equal(state.person.name, 'asel');
  assert.ok(state.person.refusals['manage-people'], 'an operator manages nobody');
  assert.equal(state.person.refusals['work-alerts'], undefined);
  await shot(page, 'oidc-in');
  await page.context().close();
});

test('who has no role here is told so in their own language, and sees nothing of the picture', options, async () => {
  const page = await visitor('ru-RU');
  await page.goto(system.url);
  await signIn(page, 'bakyt');
  await until('the page to say why', async () => /не дают роли/.test((await page.textContent('#sign-in .problem').catch(() => '')) ?? ''));
  assert.equal(await page.locator('canvas').count(), 0);
  assert.equal(new URL(page.url()).hash, '');
  await shot(page, 'oidc-no-role');
  await page.context().close();
});

test('no page complained', options, () => assert.deepEqual(complaints, []));
