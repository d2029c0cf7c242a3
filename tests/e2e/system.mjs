// Starts the built programs a browser test needs, and Chromium. Nothing here waits by the clock:
// every wait is for something to become so.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const BINARY = process.env.ENTENTE_BIN ?? join(ROOT, 'target', 'debug', 'entente');
const RECORDING = join(ROOT, 'data', 'modes', 'lax_public_first400s.beast.gz');
export const NOTICE = 'RECORDING: real Mode S frames from Los Angeles, 400 s in a loop';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser's path; `null` where there is none. */
function browserPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync) ?? null;
}

/** Why the browser tests cannot run here; `null` when they can. */
export function obstacle() {
  if (!browserPath()) return 'no Chromium on the PATH (Debian: apt-get install chromium)';
  if (!existsSync(join(ROOT, 'web', 'node_modules', 'playwright-core'))) return 'run npm ci in web/ first';
  if (process.env.ENTENTE_STAND_IN || existsSync(BINARY)) return null;
  if (process.env.ENTENTE_BIN) throw new Error(`ENTENTE_BIN names no file: ${BINARY}`);
  return `no built program at ${BINARY}`;
}

export function launchBrowser() {
  const { chromium } = createRequire(join(ROOT, 'web', 'package.json'))('playwright-core');
  return chromium.launch({
    executablePath: browserPath(),
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/** WCAG 2.2 A and AA, and what axe calls best practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let axe = null;

/** What axe finds wrong with a page, a line each. */
export async function violations(page) {
  axe ??= readFileSync(createRequire(join(ROOT, 'web', 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');
  // The node's policy lets no script in; the browser's own channel may.
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules, resultTypes: ['violations'] }), RULES);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((one) => `${id}: ${one.target.join(' ')}: ${one.any.concat(one.all)[0]?.message ?? one.failureSummary}`));
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A program of ours that runs beside the test. */
export class Program {
  static entente(args) {
    return new Program(BINARY, args);
  }

  constructor(name, args) {
    this.lines = [];
    this.child = spawn(name, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.lines.push(text);
        if (this.lines.length > 200) this.lines.shift();
      });
    }
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })));
    this.child.once('error', (error) => this.lines.push(String(error)));
  }

  /** Ends it at once, as a crash would. */
  async kill() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }

  get log() {
    return this.lines.join('').split('\n').slice(-40).join('\n');
  }
}

/** A player that serves the recording over TCP as a receiver does, and a node that listens to it. */
export class System {
  /** `config`: the text of a configuration for the node, given the folder beside which it may keep things. */
  static async start(config = null) {
    const system = new System();
    system.recordings = mkdtempSync(join(tmpdir(), 'entente-e2e-'));
    system.feedPort = await freePort();
    system.port = await freePort();
    if (!process.env.ENTENTE_STAND_IN) {
      system.player = new Program(BINARY, ['play', RECORDING, '--listen', `127.0.0.1:${system.feedPort}`, '--loop']);
    }
    if (config !== null) {
      system.config = join(system.recordings, 'node.toml');
      writeFileSync(system.config, config(system.recordings));
    }
    await system.startNode();
    return system;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  async startNode() {
    this.node = process.env.ENTENTE_STAND_IN
      ? new Program(process.execPath, ['web/dev/mock-node.mjs', '--port', String(this.port), '--tracks', '40', '--plain'])
      : new Program(BINARY, [
          'run',
          ...(this.config ? ['--config', this.config] : []),
          '--feed',
          `beast+tcp://127.0.0.1:${this.feedPort}?name=Los%20Angeles&sac=255&sic=1`,
          '--notice',
          NOTICE,
          '--listen',
          `127.0.0.1:${this.port}`,
          '--record',
          this.recordings,
        ]);
    await answers(this.url, this.node, 'the node');
  }

  killNode() {
    return this.node.kill();
  }

  async stop() {
    await this.node?.kill();
    await this.player?.kill();
    rmSync(this.recordings, { recursive: true, force: true });
  }
}

/** Waits until the page answers; says what `program` wrote if it ended instead. */
export async function answers(url, program, what) {
  let ended = null;
  void program.ended.then((how) => (ended = how));
  await until(`${what} to answer`, async () => {
    if (ended) throw new Error(`${what} ended (${JSON.stringify(ended)}):\n${program.log}`);
    try {
      return (await fetch(url)).ok;
    } catch {
      return false;
    }
  });
}

/** Asks until the answer is true; gives up after half a minute. */
export async function until(what, ask, mostMs = 30_000) {
  const deadline = Date.now() + mostMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${mostMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
