import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../tools/lib/paths.mjs';
import { freePorts } from '../../../tools/lib/services/ports.mjs';
import { forget, guard, guardFolder } from '../../../tools/lib/watchdog.mjs';
import { residentBytes } from '../measure/cpu.mjs';
import { row, spread } from '../report/rows.mjs';

const POLL_MS = 10;
const READY_WITHIN_MS = 60_000;
const IDLE_MS = 4000;

/** `npm start` as a newcomer runs it, for the second time: until it is ready, and what it takes then. Goal 12. */
export const start = {
  name: 'start',
  title: 'npm start',
  withoutReference: true,
  topologies: ['sqlite'],

  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-bench-'));
    guardFolder(folder);
    // the first start installs, builds and makes the database
    await startOnce(folder);
    return { folder };
  },

  async measure({ log, turn }, { folder }) {
    const one = await turn(() => startOnce(folder, IDLE_MS));
    log(`  ready after ${Math.round(one.readyMs)} ms, ${one.rssMiB.toFixed(0)} MiB when idle`);
    return one;
  },

  finish: async (_context, { folder }) => rmSync(folder, { recursive: true, force: true }),

  rows(rounds) {
    const ready = spread(rounds, ({ Dunlin }) => Dunlin.readyMs / 1000);
    const memory = spread(rounds, ({ Dunlin }) => Dunlin.rssMiB);
    return [
      row({ goal: 12, what: 'npm start to ready, s', wanted: '≤ 2.5 s', own: ready, judged: ready, atMost: 2.5 }),
      row({ goal: 12, what: 'idle RSS, MiB', wanted: '≤ 120 MiB', own: memory, judged: memory, atMost: 120 }),
    ];
  },
};

async function startOnce(folder, idleMs = 0) {
  const [port] = await freePorts(1);
  const env = { ...process.env, PORT: String(port), DATA_DIR: folder };
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS', 'MEDIA_URL']) env[name] = '';
  const begun = performance.now();
  const npm = spawn('npm', ['start', '--silent'], { cwd: root, env, stdio: 'ignore', detached: true });
  guard(npm.pid);
  const exited = new Promise((resolve) => npm.once('exit', resolve));
  try {
    await ready(`http://127.0.0.1:${port}/health/ready`);
    const readyMs = performance.now() - begun;
    await sleep(idleMs);
    return { readyMs, rssMiB: residentBytes([serverBelow(npm.pid)]) / 2 ** 20 };
  } finally {
    // the group: npm, its shell and the server
    process.kill(-npm.pid, 'SIGTERM');
    await exited;
    forget(npm.pid);
  }
}

async function ready(url) {
  for (const deadline = performance.now() + READY_WITHIN_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
  }
  throw new Error(`npm start is not ready after ${READY_WITHIN_MS} ms`);
}

/** The pid of the server itself among the descendants of npm. */
function serverBelow(pid) {
  const parentOf = (one) => Number(readFileSync(`/proc/${one}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  const family = new Set([pid]);
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  for (const one of pids.sort((a, b) => a - b)) {
    try {
      if (!family.has(parentOf(one))) continue;
      family.add(one);
      if (readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('tools/start.mjs')) {
        if (!readFileSync(`/proc/${one}/comm`, 'utf8').startsWith('sh')) return one;
      }
    } catch {
      // it has ended meanwhile
    }
  }
  throw new Error('No server below npm start');
}
