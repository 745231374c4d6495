import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { paint } from './console.mjs';
import { root } from './paths.mjs';
import { prettyLine } from './pretty-log.mjs';
import { waitUntil } from './wait.mjs';
import { forget, guard } from './watchdog.mjs';

const prefixColours = ['cyan', 'magenta', 'green', 'yellow', 'blue'];
let started = 0;

/**
 * Starts a built app in a process group of its own; it ends at the latest with this process, however that ends.
 *
 * @param {import('./processes.d.mts').AppOptions} options
 * @returns {import('./processes.d.mts').App}
 */
export function spawnApp({
  name,
  entry,
  args = [],
  nodeArgs = [],
  env = {},
  log,
  node = process.env.DUNLIN_NODE || process.execPath,
}) {
  const colour = prefixColours[started++ % prefixColours.length];
  const prefix = paint(colour, name.padEnd(10));
  const print = log ?? ((line) => console.log(prettyLine(line).replaceAll(/^/gm, prefix)));
  const options = { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const child = spawn(node, [...nodeArgs, entry, ...args], options);
  if (child.pid) guard(child.pid);
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', print);

  let alive = true;
  const exited = new Promise((resolve) => {
    const end = (code, signal) => {
      alive = false;
      if (child.pid) forget(child.pid);
      resolve({ code, signal });
    };
    child.once('exit', end);
    child.once('error', (error) => {
      print(error.message);
      end(null, null);
    });
  });
  const kill = (signal = 'SIGKILL') => alive && child.kill(signal);
  const stop = async (timeoutMs = 8000) => {
    kill('SIGTERM');
    kill('SIGCONT'); // one that a test has stopped would not see the SIGTERM
    const timer = setTimeout(kill, timeoutMs);
    const result = await exited;
    clearTimeout(timer);
    return result;
  };
  return { name, pid: child.pid, child, exited, kill, stop };
}

/**
 * Waits until `url` answers with a 2xx.
 *
 * @param {string} url
 * @param {{ timeoutMs?: number, signal?: AbortSignal, app?: import('./processes.d.mts').App }} [options] with `app` it gives up when that has ended
 */
export async function waitForHttp(url, { timeoutMs = 60_000, signal, app } = {}) {
  let ended;
  void app?.exited.then((how) => (ended = how));
  const answers = async () => {
    if (ended) return true;
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${url} answers ${response.status}`);
    return true;
  };
  await waitUntil(answers, { what: `${url} to answer`, timeoutMs, signal });
  if (ended) throw new Error(`${app.name} ended (${ended.signal ?? ended.code}) before ${url} answered`);
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Starts an app again whenever it ends, with a pause that doubles while it does not live for a minute.
 *
 * @param {import('./processes.d.mts').App} app running
 * @param {() => import('./processes.d.mts').App} start
 * @param {{ signal: AbortSignal, log: (line: string) => void }} options nothing is started once `signal` is aborted
 */
export async function keepRunning(app, start, { signal, log }) {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const begun = Date.now();
    const how = await app.exited;
    if (signal.aborted) return;
    if (Date.now() - begun > 60_000) pause = FIRST_PAUSE_MS;
    log(`${app.name} ended (${how.signal ?? how.code}); starting it again in ${pause / 1000} s`);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    app = start();
  }
}

/** Stops apps side by side; see `stop` of an app. */
export const stopAll = (apps, timeoutMs) => Promise.all(apps.map((app) => app.stop(timeoutMs)));
