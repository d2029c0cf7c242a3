// Watches the console's memory for a long time: 20,000 invented tracks at 1 Hz, some of which end
// and give way to new ones each second, one selected, alerts and incidents at the desk.
//   node dev/memory.mjs [--tracks 20000] [--churn 10] [--minutes 60] [--every 5]
// Prints, after a forced collection, the page's heap and nodes of its document, and the resident
// memory of Chromium's page process, every so many minutes.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startMockNode } from './mock-node.mjs';

const { values } = parseArgs({
  options: {
    tracks: { type: 'string', default: '20000' },
    churn: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '60' },
    every: { type: 'string', default: '5' },
  },
});
const node = await startMockNode({ tracks: Number(values.tracks), spreadDeg: 2.5, churn: Number(values.churn), desk: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
await page.goto(`http://127.0.0.1:${node.port}/`);
await page.waitForFunction((n) => window.__entente?.trackCount >= n, Number(values.tracks));

const MB = 2 ** 20;
const pageProcessMb = () => {
  const rows = execFileSync('ps', ['-e', '-o', 'rss=,args=']).toString().split('\n');
  return Math.max(...rows.filter((row) => row.includes('--type=renderer')).map((row) => Number(row.trim().split(' ')[0]))) / 1024;
};
const started = Date.now();
for (let minute = 0; minute <= Number(values.minutes); minute += Number(values.every)) {
  await new Promise((done) => setTimeout(done, started + minute * 60_000 - Date.now()));
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  const tracks = await page.evaluate(() => window.__entente.trackCount);
  process.stdout.write(
    `${minute} min: ${tracks} tracks, heap ${(of('JSHeapUsedSize') / MB).toFixed(1)} MB, ${of('Nodes')} nodes, ${of('JSEventListeners')} listeners, process ${pageProcessMb().toFixed(0)} MB\n`,
  );
}
await browser.close();
await node.close();
process.exit(0);
