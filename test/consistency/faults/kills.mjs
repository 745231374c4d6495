import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../tools/lib/wait.mjs';
import { waitForAck } from './outcome.mjs';

/** Kills processes in turn, at a moment that nobody chose, and starts them again. */
export async function killInTurn({ topology, recorder, workload }, kills) {
  const readyAfterMs = [];
  for (let i = 0; i < kills; i++) {
    const name = topology.names[i % topology.names.length];
    await sleep(500 + workload.random.below(1500));
    recorder.fault(`kill -9 ${name}`, 'begin');
    topology.kill(name);
    await topology.exited(name);
    const begun = performance.now();
    await topology.restart(name);
    readyAfterMs.push(Math.round(performance.now() - begun));
    recorder.fault(`kill -9 ${name}`, 'end');
    await waitForAck(recorder);
  }
  return { kills, readyAfterMs };
}

const MONOLITH = [
  'gateway.received',
  'gateway.checked',
  'storage.before-begin',
  'log.between-inserts',
  'storage.before-commit',
  'storage.after-commit',
  'log.published',
  'gateway.fan-out',
  'app.stopping',
];
const GATEWAY = ['gateway.received', 'gateway.checked', 'gateway.fan-out', 'app.stopping'];
const SERVICE = [
  'storage.before-begin',
  'storage.before-commit',
  'storage.after-commit',
  'kafka.before-offset-commit',
  'app.stopping',
];
const MESSAGE = [
  'storage.before-begin',
  'log.between-inserts',
  'storage.before-commit',
  'storage.after-commit',
  'log.published',
  'kafka.before-offset-commit',
  'app.stopping',
];

/** Which process passes which points. */
const PASSED = { monolith: MONOLITH, message: MESSAGE, 'gateway-1': GATEWAY, user: SERVICE, group: SERVICE };

/** `[process, point]` pairs of a topology. */
export const pointsOf = ({ names }) => names.flatMap((name) => (PASSED[name] ?? []).map((point) => [name, point]));

/**
 * Kills processes at given points, one after the other, and starts them again.
 * @throws Error when a point is not reached: then nothing was shown
 */
export async function killAtPoints({ topology, recorder, workload }, points) {
  const stops = [];
  for (const [name, point] of points) {
    const what = `kill -9 ${name} at ${point}`;
    const hits = path.join(topology.folder, 'hits');
    rmSync(hits, { force: true });
    const stopped = await topology.stopApp(name);
    if (stopped.code !== 0) stops.push(`${name}: ${stopped.signal ?? stopped.code}`);
    recorder.fault(what, 'begin');
    const after = point === 'app.stopping' ? 0 : 3 + workload.random.below(10);
    // it may be reached before the process says that it is ready
    await topology.restart(name, { FAILPOINTS: `${point}:kill:${after}@${hits}` }).catch(() => undefined);
    if (point === 'app.stopping') topology.kill(name, 'SIGTERM');
    let how;
    void topology.exited(name).then((ended) => (how = ended));
    await waitUntil(() => how, { what: `${name} to reach ${point}`, timeoutMs: 30_000 });
    if (how.signal !== 'SIGKILL') throw new Error(`${name} ended by ${how.signal ?? how.code}, not at ${point}`);
    if (readFileSync(hits, 'utf8').trim() !== point) throw new Error(`${name} died without reaching ${point}`);
    await topology.restart(name);
    recorder.fault(what, 'end');
    await waitForAck(recorder);
  }
  return { points: points.map((pair) => pair.join(' ')), notInGoodOrder: stops };
}
