import { setTimeout as sleep } from 'node:timers/promises';
import { killAtPoints, killInTurn, pointsOf } from './faults/kills.mjs';
import { session, withTopology } from './session.mjs';

const log = process.env.VERBOSE ? console.log : () => undefined;

/** In CI: one point of each kind. */
const SHORT_POINTS = new Set([
  'monolith storage.before-commit',
  'monolith storage.after-commit',
  'monolith gateway.fan-out',
  'message storage.after-commit',
  'message kafka.before-offset-commit',
  'gateway-1 gateway.fan-out',
  'group storage.after-commit',
]);

/** A clean run, kills at any moment, and kills at every point, in each topology. */
export async function runKills(report, options) {
  for (const kind of options.topologies)
    await started(report, kind, {}, async (topology) => {
      const run = sessions(topology, report, options);
      await run('a day on which all goes well', async () => sleep(options.minutes * 60_000));
      await run(`kill -9 in turn, ${options.kills} times`, (running) => killInTurn(running, options.kills));
      const all = pointsOf(topology);
      const points = options.short ? all.filter((pair) => SHORT_POINTS.has(pair.join(' '))) : all;
      await run(`kill -9 at ${points.length} failpoints`, (running) => killAtPoints(running, points));
    });
}

/** Runs cases on one topology; one that does not even start is a failed case. */
async function started(report, kind, options, work) {
  let begun = false;
  const all = async () => {
    await withTopology(kind, { log, ...options }, async (topology) => {
      begun = true;
      await work(topology);
    });
  };
  try {
    await all();
  } catch (error) {
    await report.case(`${kind}: ${begun ? 'ends' : 'starts'}`, () => Promise.reject(error));
  }
}

/** `run(name, during)`: one case, with a world of its own. */
function sessions(topology, report, { seed }) {
  let number = 0;
  return (name, during, more = {}) =>
    report.case(`${topology.kind}: ${name}`, () =>
      session(
        topology,
        {
          folder: report.folder,
          name: `${topology.kind}-${name.replaceAll(/[^\w.]+/g, '-')}`,
          seed: seed + number++,
          ...more,
        },
        during,
      ),
    );
}

export async function runFaults() {
  throw new Error('not yet');
}
export async function runRepeats() {
  throw new Error('not yet');
}
