// What leaves a node as a file, and who may come in: by keyboard alone, in two languages. The incident's zip
// and the ledger's archive arrive and hold what they are for; people are invited, given roles and shut out.
// One node for all of it, with a partner that it is linked to. Runs as console.test.mjs does.
//
//   ENTENTE_SHOTS=FOLDER  also write what the screen shows at each step

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Keyboard } from './keyboard.mjs';
import { BINARY, Program, System, freePort, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle() ?? (process.env.ENTENTE_STAND_IN ? 'the stand-in has neither people nor ledgers' : null);
if (why && process.env.ENTENTE_E2E === 'required') throw new Error(`the browser tests cannot run: ${why}`);
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };
const shots = process.env.ENTENTE_SHOTS;
const PASSWORD = 'seven hills and a lake';

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
fields = ["position", "level", "address", "callsign"]
`;

/** What the screen says in each language, where a test has to know. */
const WORDS = {
  en: {
    first: 'First administrator',
    invited: 'Choose a password',
    short: /12 characters/,
    wrong: 'The name or the password is wrong.',
    releases: 'release officer',
    mayNot: /^To take a ledger away is for the release officer or the engineer; you are viewer and operator\.$/,
  },
  ru: {
    invited: 'Выберите пароль',
    short: /12 знаков/,
    wrong: 'Имя или пароль неверны.',
    releases: 'офицер по передаче данных',
    mayNot: /^Забрать журнал учёта: это делает офицер по передаче данных или инженер; вы — наблюдатель и оператор\.$/,
  },
};

let system;
let partner;
let browser;
let folder;
let root;
/** Invited at the machine, before anybody administers the node. */
let early;
const complaints = [];

/** Somebody at a console of their own. */
async function visitor(lang) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  const keys = await Keyboard.begin(page);
  const at = (hash = '') => page.goto(`${system.url}?lang=${lang}${hash}`);
  const shot = async (name) => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `office-${lang}-${name}.png`) });
  };
  return { page, keys, at, shot };
}

const says = (page, selector, pattern) => until(`${selector} to say ${pattern}`, async () => pattern.test((await page.textContent(selector)) ?? ''));
const isLive = (page) => page.waitForFunction(() => window.__entente?.connection === 'live', null, { timeout: 60_000 });

/** Chooses a password where the cursor stands at the first field. */
async function choose({ page, keys }, name, words) {
  if (name !== null) {
    await page.waitForSelector('#sign-in-name:focus');
    await keys.type(name);
    await keys.press('Tab');
  } else {
    await page.waitForSelector('#sign-in-password:focus');
    assert.equal(await page.locator('#sign-in-name').count(), 0, 'who is invited has a name');
  }
  for (const password of ['short', PASSWORD]) {
    await keys.to('#sign-in-password', { backwards: password !== 'short' });
    await keys.type(password);
    await keys.press('Tab');
    await keys.type(password);
    await keys.press('Enter');
    if (password === 'short') await says(page, '#sign-in .problem', words.short);
  }
  await isLive(page);
}

/** Presses what gives a file; where it was kept. */
async function taken({ page, keys }, selector) {
  await keys.to(selector);
  const [download] = await Promise.all([page.waitForEvent('download'), keys.press('Enter')]);
  const kept = join(folder, `${Date.now()}-${download.suggestedFilename()}`);
  await download.saveAs(kept);
  return { kept, name: download.suggestedFilename() };
}

/** Names of the files in a zip, by its directory (APPNOTE 4.3.12). */
function zipped(bytes) {
  const names = [];
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    names.push(bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28)));
  }
  return names;
}

before(async () => {
  if (why) return;
  const link = await freePort();
  system = await System.start((made) => {
    folder = made;
    for (const party of ['XXA', 'XXB']) execFileSync(BINARY, ['keys', 'make', join(made, party), '--party', party]);
    writeFileSync(join(made, 'accord.toml'), ACCORD);
    const both = (own, other, more) => `[node]\nparty = "${own}"\n[accords]\nfiles = ["accord.toml"]\n[link]\nkeys = "${own}"\ndirectory = "links-${own}"\n${more}[[partner]]\nparty = "${other}"\nidentity = "${other}/identity.pem"\n`;
    writeFileSync(join(made, 'partner.toml'), `${both('XXB', 'XXA', '')}connect = ["127.0.0.1:${link}"]\n`);
    return `${both('XXA', 'XXB', `listen = "127.0.0.1:${link}"\n`)}[people]\ndirectory = "people"\n`;
  });
  const asked = await freePort();
  partner = new Program(BINARY, ['run', '--config', join(folder, 'partner.toml'), '--listen', `127.0.0.1:${asked}`, '--record', join(folder, 'recording-XXB')]);
  early = execFileSync(BINARY, ['people', '--directory', join(folder, 'people'), 'invite', 'Dana', '--role', 'viewer'], { encoding: 'utf8' }).trim();
  browser = await launchBrowser();
  root = await visitor('en');
});

after(async () => {
  await browser?.close();
  await partner?.kill();
  await system?.stop();
});

test('who is invited before anybody administers the node chooses a password alone (ru)', options, async () => {
  const dana = await visitor('ru');
  await dana.at(early);
  assert.equal((await dana.page.textContent('#sign-in-title')).trim(), WORDS.ru.invited);
  await choose(dana, null, WORDS.ru);
  await says(dana.page, '.who-sits', /Dana/);
  // A wrong password is refused in her language.
  await dana.keys.part('.top-bar');
  await dana.keys.use('#sign-out');
  await dana.page.waitForSelector('#sign-in-name:focus');
  await dana.keys.type('Dana');
  await dana.keys.press('Tab');
  await dana.keys.type('something else altogether');
  await dana.keys.press('Enter');
  await until('it to be refused', async () => (await dana.page.textContent('#sign-in .problem')).trim() === WORDS.ru.wrong);
  await dana.shot('refused');
  await dana.keys.end();
  await dana.page.context().close();
});

test('the first administrator comes in by the address in the log (en)', options, async () => {
  await root.at(await until('the log to say where', async () => /#first=[\w-]{43}/.exec(system.node.log)?.[0]));
  assert.equal((await root.page.textContent('#sign-in-title')).trim(), WORDS.en.first);
  await choose(root, 'Root', WORDS.en);
  await says(root.page, '.who-sits', /Root/);
});

for (const lang of ['en', 'ru']) {
  const words = WORDS[lang];
  const name = `Asel-${lang}`;
  let whole = true;
  /** The next story; where one has failed, those after it would only wait. */
  const story = (about, does) =>
    test(`${about} by keyboard alone (${lang})`, options, async () => {
      assert.ok(whole, 'a story before this one failed');
      whole = false;
      await does();
      whole = true;
    });
  let asel;

  story('somebody is invited with two roles, and comes in', async () => {
    // The administrator speaks the language, too.
    await root.page.goto(`${system.url}?lang=${lang}`);
    await isLive(root.page);
    await root.keys.part('.top-bar');
    await root.keys.use('#people-button');
    await root.page.locator('#people-dialog[open]').waitFor();
    await root.keys.fill('#invite-name', name);
    await root.keys.use('#invite label:nth-of-type(2) input[type=checkbox]', 'Space');
    await root.keys.use('#invite label:nth-of-type(5) input[type=checkbox]', 'Space');
    await root.keys.use('#invite button[type=submit]');
    await root.page.locator('#invitation-link').waitFor();
    asel = await visitor(lang);
    await asel.at(new URL(await root.page.inputValue('#invitation-link')).hash);
    assert.equal((await asel.page.textContent('#sign-in-title')).trim(), words.invited);
    await choose(asel, null, words);
    await says(asel.page, '.who-sits', new RegExp(name));
    await root.shot('people');
  });

  story('an incident is opened, and its zip arrives with all that it is for', async () => {
    await asel.keys.part('#incidents');
    // F6 leads to the list's line where there is one; what begins another stands before it.
    await asel.keys.to('#incident-new', { backwards: true });
    await asel.keys.press('Enter');
    await asel.keys.fill('#incident-title', `A balloon, ${lang}`);
    await asel.keys.press('Enter');
    await asel.page.locator('.incident-line', { hasText: `A balloon, ${lang}` }).waitFor();
    await asel.keys.part('#incidents');
    await asel.keys.use('.incident-line[aria-expanded=false]');
    await asel.page.locator('.incident-detail').waitFor();
    const { kept, name: file } = await taken(asel, '.incident-detail a[download]');
    assert.match(file, /^XXA-INC-\d{4}\.zip$/);
    execFileSync(BINARY, ['incident', 'verify', kept]);
    const names = zipped(readFileSync(kept));
    for (const one of ['manifest', 'html', 'csv', 'kml', 'log']) assert.ok(names.some((there) => there.includes(one)), `${one} is not among ${names}`);
    await asel.shot('incident');
  });

  story('the ledger with a partner arrives, and is what both signed', async () => {
    await asel.page.locator('.partner', { hasText: 'XXB' }).waitFor();
    await asel.keys.part('#partners');
    await asel.keys.press('Enter');
    await asel.page.locator('.partner a[download]').waitFor();
    const { kept, name: file } = await taken(asel, '.partner a[download]');
    assert.equal(file, 'ledger-XXB.tar.gz');
    const unpacked = join(folder, `ledger-${lang}`);
    mkdirSync(unpacked);
    execFileSync('tar', ['-xzf', kept, '-C', unpacked]);
    const held = execFileSync('tar', ['-tzf', kept], { encoding: 'utf8' }).split('\n');
    const head = held.find((path) => path.endsWith('/checkpoint'));
    assert.ok(head, `no head of a log is among ${held}`);
    const log = head.replace(/checkpoint$/, '');
    const identity = (party) => join(folder, party, 'identity.pem');
    const verified = execFileSync(BINARY, ['ledger', 'verify', join(unpacked, log), '--of', identity('XXA'), '--with', identity('XXB')], { encoding: 'utf8' });
    assert.match(verified, /every file holds?/);
    await asel.shot('ledger');
  });

  story('a role is taken away, and what it was for is greyed with the reason', async () => {
    const box = `input[aria-label="${name}: ${words.releases}"]`;
    await root.keys.use(box, 'Space');
    await root.page.waitForFunction((selector) => document.querySelector(selector)?.checked === false, box);
    await asel.page.reload();
    await isLive(asel.page);
    await asel.keys.part('#partners');
    await asel.keys.press('Enter');
    const off = asel.page.locator('.partner button[disabled][title]').last();
    await until('the reason to be said', async () => words.mayNot.test((await off.getAttribute('title')) ?? ''));
    await asel.shot('greyed');
  });

  story('somebody is shut out, and sees nothing more', async () => {
    await root.keys.use(`tr:has(${`input[aria-label^="${name}: "]`}) .buttons button:last-child`);
    await asel.page.waitForSelector('#sign-in-name');
    assert.equal(await asel.page.locator('canvas').count(), 0);
    await root.keys.press('Escape');
    await root.page.locator('#people-dialog[open]').waitFor({ state: 'detached' });
    await asel.keys.end();
    await root.keys.end();
    await asel.page.context().close();
  });
}

test('the page complained of nothing', options, () => assert.deepEqual(complaints, []));
