import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { FAULTS, repeatIds } from './faults/index.mjs';
import { killAtPoints, killInTurn, pointsOf } from './faults/kills.mjs';
import { proxied } from './proxied.mjs';
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
      for (let i = 1; i <= options.runs; i++)
        await run(`a day on which all goes well${i > 1 ? ` (${i})` : ''}`, async () => sleep(options.minutes * 60_000));
      if (options.kills === 0) return;
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
function sessions(topology, report, { seed, pauseMs }) {
  let number = 0;
  return (name, during, more = {}) =>
    report.case(`${topology.kind}: ${name}`, () =>
      session(
        topology,
        {
          folder: report.folder,
          name: `${topology.kind}-${name.replaceAll(/[^\w.]+/g, '-')}`,
          seed: seed + number++,
          ...(more.urls ? { urls: more.urls } : {}),
          ...(more.world ? { world: more.world } : {}),
          pauseMs: more.pauseMs ?? pauseMs,
        },
        during,
      ),
    );
}

/** One case for each fault in each topology that it is about; a session each, on proxies where it asks for them. */
export async function runFaults(report, options) {
  const wanted = ({ name, short }) =>
    options.only
      ? options.only.some((part) => name.toLowerCase().includes(part.toLowerCase()))
      : !options.short || short;
  for (const kind of options.topologies) {
    const chosen = FAULTS.filter((fault) => wanted(fault) && (!fault.on || fault.on.includes(kind)));
    if (chosen.length === 0) continue;
    let proxies = {};
    const through = async (env) => {
      const made = await proxied(env, { database: 'DATABASE_URL', redis: 'REDIS_URL' });
      proxies = made.proxies;
      return made.addresses;
    };
    await started(report, kind, { through }, async (topology) => {
      const run = sessions({ ...topology, proxies }, report, options);
      for (const fault of chosen)
        await (fault.lines ? onLines(topology, fault, run) : run(fault.name, fault.during, fault));
    });
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  }
}

/** With a proxy before each gateway, for the clients. */
async function onLines({ urls }, { name, during, ...fault }, run) {
  const lines = await Promise.all(urls.map((url) => FaultProxy.to(url)));
  const around = lines.map(({ url }) => url);
  await run(name, (running) => during({ ...running, lines }), { ...fault, urls: around });
  await Promise.all(lines.map((line) => line.close()));
}

export async function runRepeats(report, options) {
  for (const kind of options.topologies)
    await started(report, kind, {}, (topology) =>
      sessions(
        topology,
        report,
        options,
      )(`${options.repeatIds} clientMsgIds, each 100 times at once`, (running) =>
        repeatIds(running, options.repeatIds),
      ),
    );
}
