// What a partner sees beside what we see, by keys alone, in two languages: against the stand-in node, whose partner is told
// what the page can be asked about.
//
//   ENTENTE_SHOTS=FOLDER  also write what the screen shows at each step, dark and light

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Keyboard } from './keyboard.mjs';
import { ROOT, launchBrowser, obstacle, until, violations } from './system.mjs';

const why = obstacle();
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };
const shots = process.env.ENTENTE_SHOTS;

for (const language of ['en', 'ru']) describe(`in ${language}`, () => {
  const catalogue = language === 'en' ? null : JSON.parse(readFileSync(join(ROOT, 'web', 'src', 'language', `${language}.json`), 'utf8'));
  let browser;
  let node;
  let page;
  let keys;
  const complaints = [];

  before(async () => {
    if (why) return;
    const { startMockNode } = await import(join(ROOT, 'web', 'dev', 'mock-node.mjs'));
    node = await startMockNode({ tracks: 60, joint: true, desk: true });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
    page.on('pageerror', (error) => complaints.push(String(error)));
    keys = await Keyboard.begin(page);
    await page.goto(`http://127.0.0.1:${node.port}/?lang=${language}`);
    await page.waitForFunction(() => window.__entente?.connection === 'live' && window.__entente.drawn.length > 0);
    await page.locator('#partners').waitFor();
  });

  after(async () => {
    await browser?.close();
    await node?.close();
  });

  /** In both themes, and nothing that axe finds wrong. */
  async function shot(name) {
    assert.deepEqual(await violations(page), []);
    if (!shots) return;
    for (const theme of ['dark', 'light']) {
      await page.screenshot({ path: join(shots, `${name}-${theme}-${language}.png`) });
      await keys.press('t');
    }
  }

  /** A sentence of the console with something in it, in its language. */
  function said(key, ...values) {
    const sentence = (catalogue?.[key] ?? key).replace(/\{(\d)\}/g, (_, at) => values[at]);
    return new RegExp(sentence.replace(/[.()]/g, '\\$&'));
  }

  const words = (selector) => page.locator(selector).first().textContent();

  test('the band names the partner, the accord’s text and articles in force, and the delay', options, async () => {
    await keys.press('Alt+1');
    await page.locator('#as-partner').waitFor();
    await until('the view to come', async () => (await page.evaluate(() => window.__entente.numbers())).every((n) => n > 5000));
    assert.match(await words('#as-partner'), said('YOU SEE WHAT {0} SEES', 'KAZ'));
    assert.match(await words('#as-partner'), /csto-illustration \S+ 9b74c989 §5, /);
    assert.match(await words('#as-partner'), said('delay {0} s', 0));
    await shot('as-partner');
  });

  test('K shows what is held back, in the table with the rule that holds each', options, async () => {
    const told = await page.evaluate(() => window.__entente.trackCount);
    await keys.press('k');
    await page.locator('.row[data-number] .c-why', { hasText: 'csto-illustration' }).first().waitFor();
    const held = Number(await words('#held-toggle .num'));
    assert.equal(told + held, 60);
    // The view itself is as it was.
    assert.equal(await page.evaluate(() => window.__entente.trackCount), told);
    await keys.part('#tracks');
    await keys.to('.rows');
    await keys.press('ArrowDown', 'ArrowDown');
    await page.locator('#held-why', { hasText: said('✕ {0} is not told it', 'KAZ') }).filter({ hasText: 'csto-illustration' }).waitFor();
    await shot('held-back');
    await keys.press('Escape');
    await page.locator('#held-why').waitFor({ state: 'detached' });
  });

  test('W lays our picture beside theirs, and the arrows move where they meet', options, async () => {
    await page.evaluate(() => document.activeElement?.blur());
    await keys.press('w');
    await page.locator('#wipe:focus').waitFor();
    assert.match(await words('#as-partner'), said('OUR PICTURE BESIDE WHAT {0} SEES', 'KAZ'));
    assert.match(await words('.wipe-side.ours'), said('◂ OUR PICTURE'));
    assert.match(await words('.wipe-side.theirs'), said('WHAT {0} SEES ▸', 'KAZ'));
    const clips = () => page.evaluate(() => [...document.querySelectorAll('canvas.tracks')].map((one) => one.style.clipPath));
    assert.deepEqual(await clips(), ['inset(0px 0px 0px 50%)', 'inset(0px 50% 0px 0px)']);
    await shot('compare');
    await keys.press('ArrowRight', 'ArrowRight', 'ArrowRight');
    assert.deepEqual(await clips(), ['inset(0px 0px 0px 53%)', 'inset(0px 47% 0px 0px)']);
    await keys.press('End');
    assert.equal(await page.locator('#wipe').inputValue(), '100');
    await keys.press('w');
    await page.locator('#wipe').waitFor({ state: 'detached' });
  });

  test('Alt+0 is our own picture again, and nothing of the other is left', options, async () => {
    await keys.press('Alt+0');
    await until('our own picture', () => page.evaluate(() => window.__entente.trackCount === 60));
    assert.equal(await page.locator('#as-partner, #wipe, #held-why').count(), 0);
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('canvas.tracks')].map((one) => one.style.clipPath)), ['', '']);
    const asked = node.heard.filter((one) => one.type === 'see_as').map(({ party, beside }) => [party, beside]);
    assert.deepEqual(asked, [['KAZ', false], ['KAZ', true], [null, false]]);
  });

  test('duplicates are listed with their score, and one is split and given back by hand', options, async () => {
    await keys.part('#partners');
    await keys.use('#partners .partner-name');
    await page.locator('#partners .pairs .pair-line', { hasText: /TN \d+ = KAZ:1187.*0\.98 \S+ 50/ }).waitFor();
    await page.locator('#partners .pairs .pair-line.caution', { hasText: said('{0} of {1}', '0.61', 41) }).waitFor();
    await keys.use('#partners .pair-line .link');
    await page.locator('#pairs .pair-line', { hasText: said('{0} of {1}', '0.61', 41) }).waitFor();
    await keys.part('#track');
    await keys.use('#pairs summary');
    await keys.fill('#pairs details[open] input:not(.pair-why)', 'Aida');
    await keys.fill('#pairs details[open] .pair-why', 'seen on two screens');
    await keys.to('#pairs details[open] button[type="submit"]');
    await shot('duplicates');
    await keys.use('#pairs details[open] button[type="submit"]');
    await page.locator('#pairs .pair-line', { hasText: '≠ KAZ:1189' }).waitFor();
    await page.locator('#pairs .pair-more', { hasText: 'seen on two screens' }).waitFor();
    await shot('split');
    await keys.use('#pairs summary');
    await keys.use('#pairs details[open] button[type="submit"]');
    await page.locator('#pairs .pair-line', { hasText: '= KAZ:1189' }).waitFor();
    const sent = node.heard.filter((one) => one.type === 'decide_pair').map(({ word, by, why }) => [word, by, why]);
    assert.deepEqual(sent, [['two', 'Aida', 'seen on two screens'], ['undo', 'Aida', '']]);
  });

  test('the bar says who identifies where, and a key what holds at the middle of the map', options, async () => {
    assert.match(await words('#authority'), said('{0} (own)', 'XXA'));
    assert.match(await words('#authority'), /, KAZ/);
    await keys.press('Escape');
    await page.evaluate(() => document.activeElement?.blur());
    await keys.press('Escape', 'Home', 'z', 'e');
    await page.locator('#here:focus').waitFor();
    const here = await words('#here');
    assert.match(here, /VALLEY TMA/);
    assert.match(here, said('active by notice'));
    assert.match(here, said('{0} responsible', 'XXA'));
    assert.match(here, said('decides who tracks are there'));
    await shot('here');
    await keys.press('Escape');
    assert.equal(await page.locator('#here').count(), 0);
    // Where the selected track is.
    await keys.part('#tracks');
    await keys.to('.rows');
    await keys.press('ArrowDown', 'e');
    await page.locator('#here').waitFor();
    await keys.press('Escape', 'z');
  });

  test('all of it by keys, and the page complained of nothing', options, async () => {
    await keys.end();
    assert.deepEqual(complaints, []);
  });
});
