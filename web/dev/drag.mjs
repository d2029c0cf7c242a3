// Measures how soon the change of a dragged mast is on the screen: the shipped study of Kyrgyzstan at 15", three sites,
// a built node, headless Chromium.
//   ENTENTE_BIN=../target/release/entente node dev/drag.mjs [--drags 24]
// Prints median and worst milliseconds from the last movement to the painted picture, and from letting go to the
// surely seen and to all figures.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Program, ROOT, freePort, launchBrowser, until } from '../../tests/e2e/system.mjs';

const { values } = parseArgs({ options: { drags: { type: 'string', default: '24' } } });
const folder = mkdtempSync(join(tmpdir(), 'entente-drag-'));
const port = await freePort();
const config = join(folder, 'node.toml');
writeFileSync(
  config,
  `[console]\nlisten = "127.0.0.1:${port}"\n[recording]\nenabled = false\n` +
    `[coverage]\nstudy = "${join(ROOT, 'examples/coverage/kyrgyzstan.toml')}"\n`,
);
const node = Program.entente(['run', '--config', config]);
const url = `http://127.0.0.1:${port}/coverage.html`;
await until('the node to answer', async () => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
});
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
await page.goto(url);
await page.waitForFunction(() => window.__coverage?.ready && window.__coverage.surely, null, { timeout: 120_000 });

/** Milliseconds until `state` is so and the frame that shows it is painted. */
const painted = (state) =>
  page.evaluate(async (source) => {
    const is = new Function(`return ${source}`)();
    const start = performance.now();
    while (!is(window.__coverage)) await new Promise((next) => requestAnimationFrame(next));
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    return performance.now() - start;
  }, String(state));

const names = ['Kant', 'Osh', 'Tamchy'];
const held = [];
const surely = [];
const figures = [];
const box = await page.locator('#map').boundingBox();
for (let drag = 0; drag < Number(values.drags); drag += 1) {
  const from = await page.evaluate((name) => window.__coverage.placeOf(name), names[drag % 3]);
  // Out and back along a star, so that each mast stays near where it stands.
  const turn = drag < 3 || Math.floor(drag / 3) % 2 === 0 ? 1 : -1;
  const angle = (2 * Math.PI * Math.floor(drag / 6)) / 5;
  const [dx, dy] = [45 * turn * Math.cos(angle), 45 * turn * Math.sin(angle)];
  await page.mouse.move(box.x + from.x, box.y + from.y);
  await page.mouse.down();
  await page.mouse.move(box.x + from.x + dx, box.y + from.y + dy, { steps: 10 });
  held.push(await painted((now) => now.current));
  await page.mouse.up();
  const [sure, all] = await Promise.all([
    painted((now) => now.current && now.surely),
    painted((now) => now.ready && now.surely),
  ]);
  surely.push(sure);
  figures.push(all);
}

const line = (what, times) => {
  const sorted = times.toSorted((a, b) => a - b);
  const round = (ms) => `${Math.round(ms)} ms`;
  console.log(`${what}: median ${round(sorted[sorted.length >> 1])}, worst ${round(sorted.at(-1))} of ${sorted.length}`);
};
line('last movement to the picture, mast in hand', held);
line('letting go to the surely seen', surely);
line('letting go to all figures', figures);

await browser.close();
await node.kill();
rmSync(folder, { recursive: true, force: true });
