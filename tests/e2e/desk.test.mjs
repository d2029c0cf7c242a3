// What an operator does at the desk, by keyboard alone and in two languages; against the stand-in
// node, whose traffic is the same each time.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle();
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };

let browser;
let node;
const complaints = [];

before(async () => {
  if (why) return;
  const { startMockNode } = await import(join(ROOT, 'web', 'dev', 'mock-node.mjs'));
  node = await startMockNode({ tracks: 60, joint: true, desk: true });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await node?.close();
});

const live = (page) => page.waitForFunction(() => window.__entente?.connection === 'live' && window.__entente.drawn.length > 0);

async function opened(search) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => line.type() === 'error' && !/404/.test(line.text()) && complaints.push(line.text()));
  await page.goto(`http://127.0.0.1:${node.port}/${search}`);
  await live(page);
  return page;
}

const selected = (page) => page.evaluate(() => window.__entente.selected);

for (const lang of ['en', 'kk']) {
  test(`range and bearing between two moving tracks, by keyboard alone (${lang})`, options, async () => {
    const page = await opened(`?lang=${lang}`);
    await page.locator('.rows').focus();
    await page.keyboard.press('Home');
    const first = await until('a track to be selected', () => selected(page));
    await page.keyboard.press('r');
    await page.locator('#measures [role=status]').waitFor();
    await page.keyboard.press('ArrowDown');
    await until('the next track to be selected', async () => (await selected(page)) !== first);
    await page.keyboard.press('r');
    const words = () => page.textContent('#measures li');
    await page.locator('#measures li').waitFor();
    const before = await words();
    assert.match(before, /→.*\d{3}° \d+\.\d NM/);
    await until('the line to move with its ends', async () => (await words()) !== before);
    await page.locator('#measures li button').focus();
    await page.keyboard.press('Enter');
    await until('the line to be gone', async () => (await page.locator('#measures').count()) === 0);
    await page.close();
  });

  test(`a filter and a selected track stand in the address and outlive a reload (${lang})`, options, async () => {
    const page = await opened(`?lang=${lang}`);
    await page.locator('#map').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('BAW');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    const number = await until('a track to be selected', () => selected(page));
    await page.waitForFunction(() => /find=BAW/.test(location.search) && /track=\d+/.test(location.search));
    await page.reload();
    await live(page);
    assert.equal(await page.inputValue('#filter-text'), 'BAW');
    await until('the same track to be selected', async () => (await selected(page)) === number);
    await page.locator('#keep-filter').focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.inputValue('#saved-filters'), 'BAW');
    await page.close();
  });
}

test('a measure begun by keyboard ends at a click, on a place too', options, async () => {
  const page = await opened('?lang=en');
  await page.locator('.rows').focus();
  await page.keyboard.press('Home');
  await until('a track to be selected', () => selected(page));
  await page.keyboard.press('r');
  const map = await page.locator('#map').boundingBox();
  const free = await page.evaluate(() => {
    const { clientWidth: width, clientHeight: height } = document.getElementById('map');
    for (let x = 60; x < width - 60; x += 20)
      for (let y = 90; y < height - 90; y += 20) if (window.__entente.drawn.every((one) => Math.hypot(one.x - x, one.y - y) > 90)) return { x, y };
    return null;
  });
  assert.ok(free, 'no place without tracks');
  await page.mouse.click(map.x + free.x, map.y + free.y);
  await page.locator('#measures li').waitFor();
  assert.match(await page.textContent('#measures li'), /→ \d\d°\d\d\.\d'[NS] \d{3}°\d\d\.\d'[EW]/);
  assert.notEqual(await selected(page), null, 'the click measured and selected nothing else');
  await page.close();
});

test('the page complained of nothing', options, () => assert.deepEqual(complaints, []));
