// The joint system in a real browser: four nodes, each with its own sensors of one simulated traffic,
// linked under accords; the exercise of examples/joint on one page, ten times as fast.
//
//   ENTENTE_SCREENSHOT=1  also write docs/images/joint.png (1600×900)
//   ENTENTE_LOOK=FOLDER   also write what the page looks like along the way, to be looked at

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BINARY, Program, ROOT, answers, freePort, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle() ?? (process.env.ENTENTE_STAND_IN ? 'the stand-in is one node alone' : null);
const skip = why !== null && { skip: why };
const options = { timeout: 180_000, ...skip };

const JOINT = join(ROOT, 'examples', 'joint');
const SCENARIO = join(ROOT, 'data', 'scenarios', 'feeds', 'central-asia.toml');
const PARTIES = ['KGZ', 'RUS', 'KAZ', 'TJK'];
/** How many times as fast things happen. The traffic flies at its own pace. */
const FASTER = 10;

const programs = [];
const complaints = [];
const ports = new Map();
let folder;
let browser;
let page;
let exercise;

/** The address of this machine that stands in the examples, at a port that is free here. */
async function moved(text) {
  for (const [address, port] of [...text.matchAll(/127\.0\.0\.1:(\d+)/g)]) {
    if (!ports.has(port)) ports.set(port, await freePort());
    text = text.replaceAll(`${address}"`, `127.0.0.1:${ports.get(port)}"`);
  }
  return text;
}

const start = (...args) => {
  const program = new Program(BINARY, args);
  programs.push(program);
  return program;
};

before(async () => {
  if (why) return;
  folder = mkdtempSync(join(tmpdir(), 'entente-joint-'));
  for (const party of PARTIES) {
    execFileSync(BINARY, ['keys', 'make', join(folder, party.toLowerCase(), 'keys'), '--party', party]);
  }
  const configs = new Map();
  for (const party of PARTIES) {
    const file = `${party.toLowerCase()}.toml`;
    const text = await moved(readFileSync(join(JOINT, file), 'utf8'));
    writeFileSync(
      join(folder, file),
      text
        .replaceAll('examples/joint/local/', `${folder}/`)
        .replaceAll('"local/', `"${folder}/`)
        .replaceAll('"../../data/', `"${ROOT}/data/`)
        .replaceAll('"../coverage/', `"${ROOT}/examples/coverage/`)
        .replaceAll('"coverage-', `"${JOINT}/coverage-`)
        .replaceAll('"accords/', `"${JOINT}/accords/`),
    );
    configs.set(party, join(folder, file));
  }
  const nodes = PARTIES.map((party) => start('run', '--config', configs.get(party), '--notice', 'SIMULATED traffic'));
  const sensors = (party) => `127.0.0.1:${ports.get(String(8601 + PARTIES.indexOf(party)))}`;
  start(
    ...['play', SCENARIO, '--loop', '--send', `Kant=${sensors('KGZ')}`],
    ...PARTIES.flatMap((party) => ['--send', `${party}=${sensors(party)}`]),
  );
  for (const [i, node] of nodes.entries()) {
    await answers(`http://127.0.0.1:${ports.get(String(8481 + i))}/`, node, PARTIES[i]);
  }
  const story = (await moved(readFileSync(join(JOINT, 'exercise.toml'), 'utf8')))
    .replace(/at_s = (\d+)/g, (_, s) => `at_s = ${Number(s) / FASTER}`)
    .replace(/answer_within_s = (\d+)/g, (_, s) => `answer_within_s = ${Number(s) / FASTER}`);
  writeFileSync(join(folder, 'exercise.toml'), story);
  const address = `127.0.0.1:${ports.get('8480')}`;
  exercise = `http://${address}`;
  const director = start('exercise', join(folder, 'exercise.toml'), '--listen', address);
  await answers(exercise, director, 'the exercise');
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  await page.goto(exercise);
});

after(async () => {
  await browser?.close();
  await Promise.all(programs.map((program) => program.kill()));
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const portOf = (party) => ports.get(String(8481 + PARTIES.indexOf(party)));
/** The node's own console, in its frame. */
const screen = (party) => page.frameLocator(`iframe[title^="${party}"]`);
const show = (party) => page.click(`#tabs button:has-text("${party}")`);
const state = async () => (await fetch(`${exercise}/exercise.json`)).json();
/** What the partners panel of a shown console says of a partner. */
const partner = (party, of) => screen(party).locator(`#partners .partner`, { hasText: of }).first();

const look = async (name) => {
  if (process.env.ENTENTE_LOOK) await page.screenshot({ path: join(process.env.ENTENTE_LOOK, `${name}.png`) });
};

const openDesk = async (party) => {
  await screen(party).locator('#requests button:has-text("Desk")').click();
  return screen(party).locator('#requests-desk .asked-list');
};
const closeDesk = (party) => screen(party).locator('#requests-desk button[aria-label="Close (Esc)"]').first().click();

test('all four nodes answer, and the page shows the first', options, async () => {
  await until('all nodes to be up', async () => (await state()).began_ms !== null);
  await screen('KGZ').locator('#connection', { hasText: 'LIVE' }).waitFor({ timeout: 60_000 });
});

test('each is linked with each of the three others', options, async () => {
  await page.setViewportSize({ width: 1600, height: 900 });
  for (const party of PARTIES) {
    await show(party);
    await screen(party).locator('#partners .panel-note', { hasText: '3 linked' }).waitFor({ timeout: 60_000 });
  }
});

test('tracks go both ways between neighbours', options, async () => {
  await show('KGZ');
  await until('KAZ and KGZ to tell each other of tracks', async () => {
    const words = await partner('KGZ', 'KAZ').locator('.partner-flow').textContent();
    const [they, we] = [...words.matchAll(/\d+/g)].map(Number);
    return they > 0 && we > 0;
  });
});

test('every step of the exercise is done, and none refused', options, async () => {
  await until(
    'the exercise to end',
    async () => (await state()).steps.every((step) => step.state !== 'waiting'),
    120_000,
  );
  const refused = (await state()).steps.filter((step) => step.state === 'refused');
  assert.deepEqual(refused, []);
});

test('the suspension stopped what was on its way, and both sides say why', options, async () => {
  for (const [here, there] of [['KGZ', 'TJK'], ['TJK', 'KGZ']]) {
    await show(here);
    await partner(here, there).getByText(/all that waited was dropped: .* is suspended by KGZ/).waitFor();
  }
});

test('who answered the request, who did in part, and whose silence is recorded', options, async () => {
  await show('KGZ');
  const asked = await openDesk('KGZ');
  await asked.getByText(/accepted \d/).first().waitFor();
  await asked.getByText(/accepted in part/).first().waitFor();
  await asked.getByText(/no answer by/).first().waitFor();
  await closeDesk('KGZ');
  await look('requests');
  // The one that kept silent knows it too.
  await show('TJK');
  await (await openDesk('TJK')).getByText(/no answer by/).first().waitFor();
  await closeDesk('TJK');
});

test('what KAZ sees of the aircraft without transponder reaches KGZ', options, async () => {
  // Whatever KGZ's own radars see of it, KAZ tells of tracks without any code too.
  await until('a track without codes from KAZ', async () => {
    const frame = page.frames().find((one) => one.url().includes(`:${portOf('KGZ')}/`));
    return frame.evaluate(() =>
      window.__entente.numbers().some((n) => {
        const track = window.__entente.track(n);
        return track && !track.address && !track.callsign && !track.squawk && !track.mode3a;
      }),
    );
  });
});

test('as KAZ sees it', options, async () => {
  await show('KGZ');
  await partner('KGZ', 'KAZ').locator('button:has-text("See as")').click();
  await screen('KGZ').getByText(/YOU SEE WHAT KAZ/i).first().waitFor();
  await screen('KGZ').locator('#as-partner', { hasText: /kaz-kgz-illustration text [0-9a-f]{8} §1, §2, delay 0 to 60 s/ }).waitFor();
  await look('see-as');
  // What it is not told of ours, and why; and both pictures side by side.
  await screen('KGZ').locator('body').press('k');
  await screen('KGZ').locator('.row[data-number] .c-why', { hasText: /\((csto|kaz|kgz)[a-z-]* article/ }).first().waitFor();
  await look('held-back');
  await screen('KGZ').locator('body').press('w');
  await screen('KGZ').locator('.wipe-side.ours').waitFor();
  await look('compare');
  await partner('KGZ', 'KAZ').locator('button:has-text("See as")').click();
});

test('a changed text is rehearsed over what was recorded, and what it would have told lies on the map', options, async () => {
  await show('KGZ');
  const desk = screen('KGZ').locator('#rehearsal');
  const row = partner('KGZ', 'KAZ');
  await row.locator('.partner-name').click();
  await row.locator('.accord', { hasText: 'kaz-kgz-illustration' }).getByRole('button', { name: /Rehearse/ }).click();
  const text = desk.locator('textarea');
  await until('the text of the accord to come', async () => (await text.inputValue()).includes('form = 1'));
  const held = await text.inputValue();
  await text.fill(held.replace('nature =', 'nature = 5\nnatures ='));
  await desk.getByRole('button', { name: 'Rehearse', exact: true }).click();
  // Named as everywhere: line and key.
  await desk.locator('.problem', { hasText: /draft:\d+/ }).waitFor();
  // The browser says so on its own; nothing else complains of it.
  assert.match(complaints.pop() ?? '', /422/);
  // Wider, and without callsigns.
  await text.fill(held.replace('within_nm = 60.0', 'within_nm = 250.0').replace('"callsign", ', ''));
  await desk.getByRole('button', { name: 'Rehearse', exact: true }).click();
  await desk.locator('.verdict', { hasText: /more to KAZ.*less to KAZ/ }).waitFor({ timeout: 120_000 });
  const lost = desk.locator('.rehearsed', { hasText: 'To KAZ' }).locator('.rehearsed-objects', { hasText: 'Lost' });
  if (!(await lost.getAttribute('open'))) await lost.locator('summary').click({ position: { x: 4, y: 8 } });
  await lost.getByText(/callsign;.*by kaz-kgz-illustration/).first().waitFor();
  await look('rehearsal');
  const gained = desk.locator('.rehearsed', { hasText: 'To KAZ' }).locator('.rehearsed-objects', { hasText: 'Gained' });
  await gained.getByRole('button', { name: 'All on the map' }).click();
  await screen('KGZ').locator('.trails-band', { hasText: /would have told KAZ: \d+ path/ }).waitFor();
  await look('trails');
  await screen('KGZ').getByRole('button', { name: 'Take the paths off the map' }).click();
  await row.locator('.partner-name').click();
});

test('two screens side by side', options, async () => {
  await show('KGZ');
  await page.click('#pair');
  await show('KAZ');
  assert.equal(await page.locator('#screens figure:not([hidden])').count(), 2);
  await look('side-by-side');
  if (process.env.ENTENTE_SCREENSHOT) {
    await page.screenshot({ path: join(ROOT, 'docs', 'images', 'joint.png') });
  }
});

test('the page complained of nothing', options, () => assert.deepEqual(complaints, []));
