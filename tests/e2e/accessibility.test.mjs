// Whether everybody can work the console: axe-core over every main screen, in both themes, in two
// languages; against the stand-in node, which shows every state at once.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT, launchBrowser, obstacle, until, violations } from './system.mjs';

const why = obstacle();
const options = { timeout: 180_000, ...(why !== null && { skip: why }) };

let browser;
let node;
let viewed;
let shut;

before(async () => {
  if (why) return;
  const { startMockNode } = await import(join(ROOT, 'web', 'dev', 'mock-node.mjs'));
  node = await startMockNode({ tracks: 60, joint: true, desk: true });
  viewed = await startMockNode({ tracks: 20, joint: true, desk: true, viewer: true });
  shut = await startMockNode({ tracks: 1, signedOut: true });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await node?.close();
  await viewed?.close();
  await shut?.close();
});

async function opened({ lang = 'en', theme = 'dark', at = node, width = 1440, height = 900 } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  // What is set later outlives a reload.
  await page.addInitScript((value) => {
    if (localStorage.getItem('entente.console') === null) localStorage.setItem('entente.console', JSON.stringify({ theme: value }));
  }, theme);
  await page.goto(`http://127.0.0.1:${at.port}/?lang=${lang}`);
  await page.waitForFunction(() => window.__entente?.connection === 'live' && window.__entente.drawn.length > 0);
  await page.locator('.sensor').first().waitFor();
  return page;
}

const SCREENS = {
  'the desk': async () => {},
  'a selected track with its plan and evidence': async (page) => {
    await page.locator('.row[data-number]').first().click();
    await page.locator('#plan').waitFor();
    await page.locator('#identity').waitFor();
  },
  'an alert and why it fired': async (page) => {
    await page.locator('.alert-line').first().click();
    await page.locator('.alert-why').waitFor();
    await page.locator('.alert-why summary').click();
  },
  'an incident with steps and log': async (page) => {
    await page.locator('.incident-line').first().click();
    await page.locator('.incident-detail').waitFor();
    await page.locator('.incident-detail summary').last().click();
  },
  'a new incident': async (page) => {
    await page.locator('#incident-new').click();
    await page.locator('#incident-form').waitFor();
  },
  'a partner with its accords': async (page) => {
    await page.locator('.partner-name').first().click();
    await page.locator('.accord').first().waitFor();
  },
  'a sensor opened': async (page) => {
    await page.locator('.sensor-head').nth(2).click();
    await page.locator('.sensor-facts').waitFor();
    await page.locator('.sensor-tools button').first().click();
    await page.locator('.cover-table').waitFor();
  },
  'the requests desk': async (page) => {
    await page.locator('#map').focus();
    await page.keyboard.press('q');
    await page.locator('#requests-desk .choose').first().click();
  },
  'setting an identity': async (page) => {
    await page.locator('.row[data-number]').first().click();
    await page.locator('#identity').waitFor();
    await page.locator('#map').focus();
    await page.keyboard.press('d');
    await page.locator('#identity-dialog[open]').waitFor();
  },
  'what a partner is sent': async (page) => {
    await page.locator('#map').focus();
    await page.keyboard.press('Alt+Digit1');
    await page.locator('#as-partner').waitFor();
  },
  'the rehearsal of a draft accord': async (page) => {
    await page.locator('.partner-name').first().click();
    await page.locator('.accord button', { hasText: '…' }).first().click();
    await page.locator('#rehearsal[open]').waitFor();
  },
  'the settings': async (page) => {
    await page.locator('#map').focus();
    await page.keyboard.press('o');
    await page.locator('#settings[open]').waitFor();
  },
  'the sheet of keys': async (page) => {
    await page.locator('#map').focus();
    await page.keyboard.press('?');
    await page.locator('.help[open]').waitFor();
  },
};

for (const [lang, theme] of [['en', 'dark'], ['ru', 'light']]) {
  for (const [name, reach] of Object.entries(SCREENS)) {
    test(`axe finds nothing wrong with ${name} (${lang}, ${theme})`, options, async () => {
      const page = await opened({ lang, theme });
      await reach(page);
      assert.deepEqual(await violations(page), []);
      await page.close();
    });
  }
}

test('axe finds nothing wrong with the page that asks who one is, on a tablet', options, async () => {
  const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
  await page.goto(`http://127.0.0.1:${shut.port}/`);
  await page.locator('#sign-in').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.close();
});

test('a viewer finds what is not theirs greyed, with the reason', options, async () => {
  const page = await opened({ at: viewed });
  await page.locator('.alert-line').first().click();
  await page.locator('.alert-why').waitFor();
  await page.locator('.row[data-number]').first().click();
  await page.locator('#identity').waitFor();
  const refused = await page.$$eval('button:disabled', (all) => all.map((one) => [one.textContent.trim(), one.title]));
  for (const name of ['New', 'Open incident I', 'Mute', 'Close', 'Set identity D', 'Report', 'Accept', 'Refuse']) {
    const found = refused.find(([words]) => words === name);
    assert.ok(found, `${name} can be pressed; disabled are ${refused.map(([words]) => words).join(', ')}`);
    assert.match(found[1], /you are viewer/, name);
  }
  assert.deepEqual(await violations(page), []);
  await page.close();
});

test('where the keyboard is can be seen on every stop of the desk', options, async () => {
  const page = await opened();
  await page.locator('.top-bar').click({ position: { x: 5, y: 5 } });
  let stops = 0;
  await until('the keyboard to come round', async () => {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body || one.dataset.beenHere) return null;
      one.dataset.beenHere = 'yes';
      const ring = (element) => element !== null && getComputedStyle(element).outlineStyle !== 'none' && getComputedStyle(element).outlineWidth !== '0px';
      return { what: one.outerHTML.slice(0, 120), seen: ring(one) || ring(one.closest('.field')) };
    });
    if (at === null) return true;
    stops += 1;
    assert.ok(at.seen, `no ring around ${at.what}`);
    return false;
  }, 90_000);
  assert.ok(stops > 30, `only ${stops} stops`);
  await page.close();
});

test('units are set by keyboard alone, hold at once and after a reload', options, async () => {
  const page = await opened();
  const shown = () => page.evaluate(() => ['.c-climb', '.c-speed', '.map-foot .scale'].map((one) => document.querySelector(one)?.textContent.trim()));
  const [climb, speed, scale] = await shown();
  assert.deepEqual([climb, speed, scale.replace(/[\d.]/g, '')], ['ft/min', 'kt', ' NM']);
  await page.locator('#map').focus();
  await page.keyboard.press('o');
  await page.locator('#settings[open]').waitFor();
  // NM to km, on to heights, FL to ft to m, on to speeds, kt to km/h, and out.
  for (const key of ['ArrowRight', 'Tab', 'ArrowRight', 'ArrowRight', 'Tab', 'ArrowRight', 'Escape']) await page.keyboard.press(key);
  await page.locator('#settings[open]').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'map', 'the keyboard is where it was');
  const metric = async () => {
    const [climb, speed, scale] = await shown();
    return [climb, speed, scale.replace(/[\d.]/g, '')];
  };
  assert.deepEqual(await metric(), ['m/s', 'km/h', ' km']);
  assert.match(await page.locator('.row[data-number] .c-level').first().textContent(), / m |GND|–/);
  await page.reload();
  await page.waitForFunction(() => window.__entente?.connection === 'live' && document.querySelector('.c-climb'));
  assert.deepEqual(await metric(), ['m/s', 'km/h', ' km']);
  await page.close();
});

test('the page says its language, and choosing another is remembered', options, async () => {
  const page = await opened({ lang: 'en' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await page.locator('#settings-button').click();
  await page.selectOption('#language', 'ky');
  await page.waitForFunction(() => document.documentElement.lang === 'ky' && window.__entente?.connection === 'live');
  assert.match(await page.textContent('#alerts'), /Эскертмелер/);
  assert.equal(await page.getByText('[en]').count(), 0);
  await page.reload();
  await page.waitForFunction(() => document.documentElement.lang === 'ky' && window.__entente?.connection === 'live');
  await page.close();
});
