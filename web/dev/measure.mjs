// Measures the map under load: 20,000 invented tracks, about 9,000 in view, labels on, panning.
//   node dev/measure.mjs [--tracks 20000] [--spread-deg 2.2] [--seconds 8] [--size 1280x720]
// Prints frames a second, milliseconds of drawing a frame, CPU milliseconds a frame of all of
// Chromium's processes, and input to paint. CPU a frame is the figure to compare: it does not
// depend on what else the machine does.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startMockNode } from './mock-node.mjs';

const { values } = parseArgs({
  options: {
    tracks: { type: 'string', default: '20000' },
    'spread-deg': { type: 'string', default: '2.2' },
    seconds: { type: 'string', default: '8' },
    size: { type: 'string', default: '1280x720' },
  },
});
const seconds = Number(values.seconds);
const [width, height] = values.size.split('x').map(Number);
const node = await startMockNode({ tracks: Number(values.tracks), spreadDeg: Number(values['spread-deg']), plain: false });
const server = await chromium.launchServer({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
const browser = await chromium.connect(server.wsEndpoint());
const page = await browser.newPage({ viewport: { width, height } });
await page.addInitScript(() =>
  localStorage.setItem('entente.console', JSON.stringify({ left: false, right: false, table: false })),
);

/** CPU milliseconds used so far by a process and all below it. */
function cpuMs(root) {
  const below = new Map();
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=']).toString().trim().split('\n');
  for (const row of rows) {
    const [pid, parent] = row.trim().split(/\s+/).map(Number);
    below.set(parent, [...(below.get(parent) ?? []), pid]);
  }
  let total = 0;
  const visit = (pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      total += (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      // It ended meanwhile.
    }
    for (const child of below.get(pid) ?? []) visit(child);
  };
  visit(root);
  return total;
}

await page.goto(`http://127.0.0.1:${node.port}/`);
await page.waitForFunction((n) => window.__entente?.trackCount >= n, Number(values.tracks));
await page.waitForTimeout(4000);
const pid = server.process().pid;

const before = await page.evaluate(() => window.__entente.cost);
const cpuBefore = cpuMs(pid);
const seen = await page.evaluate(() => ({
  inView: window.__entente.drawn.length,
  labels: window.__entente.labelCount,
}));
const frames = await page.evaluate(
  (forMs) =>
    new Promise((resolve) => {
      const map = document.getElementById('map');
      const started = performance.now();
      let count = 0;
      let x = 640;
      let step = 6;
      const point = (type, px) =>
        map.dispatchEvent(
          new PointerEvent(type, { pointerId: 1, button: 0, clientX: px, clientY: 400, bubbles: true, isPrimary: true }),
        );
      map.setPointerCapture = () => {};
      point('pointerdown', x);
      const tick = () => {
        if (performance.now() - started > forMs) {
          point('pointerup', x);
          resolve(count);
          return;
        }
        count += 1;
        x += step;
        if (x > 900 || x < 380) step = -step;
        point('pointermove', x);
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    }),
  seconds * 1000,
);
const cpuPan = cpuMs(pid) - cpuBefore;
const after = await page.evaluate(() => window.__entente.cost);

const paint = [];
for (let i = 0; i < 12; i += 1) {
  paint.push(
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const started = performance.now();
          document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }));
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started), 0));
        }),
    ),
  );
}
paint.sort((a, b) => a - b);

const cpuIdleBefore = cpuMs(pid);
await page.waitForTimeout(seconds * 1000);
const cpuIdle = cpuMs(pid) - cpuIdleBefore;

const drawn = after.frames - before.frames;
const lines = [
  `${values.tracks} tracks, ${seen.inView} in view, ${seen.labels} labels, ${values.size}, no GPU`,
  `panning: ${(frames / seconds).toFixed(1)} frames/s, drawing ${((after.ms - before.ms) / drawn).toFixed(1)} ms/frame, CPU ${(cpuPan / frames).toFixed(1)} ms/frame`,
  `input to paint: median ${paint[6].toFixed(0)} ms, worst of 12 ${paint[11].toFixed(0)} ms`,
  `standing still at 1 Hz: CPU ${(cpuIdle / seconds).toFixed(0)} ms/s`,
];
process.stdout.write(`${lines.join('\n')}\n`);
await browser.close();
await server.close();
await node.close();
process.exit(0);
