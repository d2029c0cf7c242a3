// Takes pictures of the console's main screens at the sizes, in the themes and languages in which they
// must look right, with invented traffic; somebody has to look at them. All at once takes some minutes:
//   node dev/shots.mjs OUT_FOLDER [--tracks 120] [--size desk,laptop,tablet] [--theme dark,light] [--lang en,ru,ky,kk,tg]
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startMockNode } from './mock-node.mjs';

const SIZES = { desk: [1920, 1080], laptop: [1366, 768], tablet: [1024, 768] };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tracks: { type: 'string', default: '120' },
    size: { type: 'string', default: Object.keys(SIZES).join() },
    theme: { type: 'string', default: 'dark,light' },
    lang: { type: 'string', default: 'en,ru,ky,kk,tg' },
  },
});
const out = positionals[0] ?? 'shots';
mkdirSync(out, { recursive: true });
const node = await startMockNode({ tracks: Number(values.tracks), joint: true, desk: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});

/** Each is reached by keys from the one before. */
const SCREENS = {
  desk: async () => {},
  alert: async (page) => {
    await page.keyboard.press('n');
    await page.locator('.alert-why').waitFor();
  },
  incident: async (page) => {
    await page.keyboard.press(']');
    if ((await page.locator('.side-right').count()) === 0) await page.keyboard.press(']');
    await page.locator('.incident-line').first().click();
    await page.locator('.incident-detail').waitFor();
  },
  track: async (page) => {
    await page.locator('.incident-line').first().click();
    if ((await page.locator('.rows').count()) === 0) await page.keyboard.press('b');
    await page.locator('.row[data-number]').nth(3).click();
    await page.locator('#identity').waitFor();
  },
  identity: async (page) => {
    await page.keyboard.press('d');
    await page.locator('#identity-dialog[open]').waitFor();
  },
  requests: async (page) => {
    await page.keyboard.press('Escape');
    await page.locator('#identity-dialog[open]').waitFor({ state: 'detached' });
    await page.keyboard.press('q');
    await page.locator('#requests-desk .to-answer .choose').click();
  },
  settings: async (page) => {
    await page.keyboard.press('Escape');
    await page.locator('#requests-desk[open]').waitFor({ state: 'detached' });
    await page.keyboard.press('o');
    await page.locator('#settings[open]').waitFor();
  },
  keys: async (page) => {
    await page.keyboard.press('Escape');
    await page.locator('#settings[open]').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.locator('.help[open]').waitFor();
  },
};

/** What is wider than its box and is not meant to be: an operator would not read it whole. */
const cutOff = () =>
  [...document.querySelectorAll('button, h2, h3, th, dt, legend:not(.visually-hidden), .chip, .panel-note, .alert-title, .sensor-health')]
    .filter((one) => one.checkVisibility() && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible')
    .map((one) => `${one.className || one.tagName}: ${one.textContent.trim().slice(0, 60)}`);

for (const lang of values.lang.split(',')) {
  for (const theme of values.theme.split(',')) {
    for (const size of values.size.split(',')) {
      const [width, height] = SIZES[size];
      const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
      page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`));
      await page.addInitScript((value) => localStorage.setItem('entente.console', JSON.stringify({ theme: value })), theme);
      await page.goto(`http://127.0.0.1:${node.port}/?lang=${lang}`);
      await page.waitForFunction(() => window.__entente?.connection === 'live' && window.__entente.drawn.length > 0);
      await page.locator('.sensor, .tools').first().waitFor();
      for (const [name, reach] of Object.entries(SCREENS)) {
        try {
          await reach(page);
        } catch (error) {
          process.stderr.write(`${name} ${lang} ${theme} ${size}: ${String(error).split('\n')[0]}\n`);
          break;
        }
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
        await page.screenshot({ path: `${out}/${name}-${size}-${theme}-${lang}.png` });
        if (theme === 'dark') for (const line of await page.evaluate(cutOff)) process.stdout.write(`${name} ${size} ${lang}: ${line}\n`);
      }
      await page.close();
    }
  }
}
await browser.close();
await node.close();
process.exit(0);
