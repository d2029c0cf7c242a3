// Takes the console's picture at the sizes it must look right at, with invented traffic:
//   node dev/shots.mjs OUT_FOLDER [--tracks 300]
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startMockNode } from './mock-node.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tracks: { type: 'string', default: '300' } },
});
const out = positionals[0] ?? 'shots';
mkdirSync(out, { recursive: true });
const node = await startMockNode({ tracks: Number(values.tracks) });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
const SIZES = [
  ['desk', 1600, 900],
  ['laptop', 1366, 768],
  ['tablet', 1024, 768],
];
for (const theme of ['dark', 'light']) {
  for (const [name, width, height] of SIZES) {
    const page = await browser.newPage({ viewport: { width, height } });
    page.on('console', (line) => line.type() === 'error' && process.stderr.write(`${line.text()}\n`));
    page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`));
    await page.addInitScript((value) => localStorage.setItem('entente.console', JSON.stringify({ theme: value })), theme);
    await page.goto(`http://127.0.0.1:${node.port}/`);
    await page.waitForFunction(() => window.__entente?.connection === 'live' && window.__entente.drawn.length > 0);
    await page.waitForTimeout(2500);
    if (name !== 'tablet') {
      await page.evaluate(() => document.querySelectorAll('.row[data-number]')[3]?.click());
      await page.waitForTimeout(1500);
    }
    await page.screenshot({ path: `${out}/${name}-${theme}.png` });
    await page.close();
  }
}
await browser.close();
await node.close();
process.exit(0);
