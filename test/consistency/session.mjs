import path from 'node:path';
import { check } from './checker/check.mjs';
import { judge } from './report.mjs';
import { startMonolith, startSplit } from './topology.mjs';
import { readEverything } from './workload/ending.mjs';
import { Recorder } from './workload/recorder.mjs';
import { Workload } from './workload/run-workload.mjs';
import { makeWorld } from './workload/world.mjs';

/** A run takes longer than a token lives by default. */
const ENV = { ACCESS_TOKEN_TTL: '86400' };

export const TOPOLOGIES = {
  sqlite: (options) => startMonolith({ database: 'sqlite', ...options }),
  mysql: (options) => startMonolith({ database: 'mysql', ...options }),
  split: startSplit,
};

/** Starts a topology for as long as `work` takes. */
export async function withTopology(kind, { env, ...options }, work) {
  const topology = await TOPOLOGIES[kind]({ env: { ...ENV, ...env }, ...options });
  try {
    return await work({ kind, ...topology });
  } finally {
    await topology.stop();
  }
}

/**
 * A world on a running topology, its load while `during` goes on, the last readings, and the judgement.
 * @param {{ folder: string, name: string, seed: number, world?: object, pauseMs?: number, urls?: string[],
 *   judged?: boolean }} options `judged: false` gives the verdict instead of throwing what it found
 * @param {(session: { world: object, workload: Workload, recorder: Recorder }) => Promise<object | void>} during its
 *   answer goes into the facts
 * @returns facts for the report
 */
export async function session(
  topology,
  { folder, name, seed, world: size = {}, pauseMs, urls = topology.urls, judged = true },
  during,
) {
  const recorder = new Recorder(path.join(folder, `${name}.jsonl`));
  let world;
  try {
    world = await makeWorld({ recorder, urls, ...size });
    const workload = new Workload({ world, seed, pauseMs });
    workload.start();
    let facts;
    try {
      facts = await during({ topology, world, workload, recorder });
    } finally {
      await workload.stop();
    }
    await readEverything(world, topology.databaseUrl);
    return judged ? { ...judge(recorder), ...facts } : check(recorder.operations);
  } finally {
    for (const device of world?.devices ?? []) device.close();
    await recorder.close();
  }
}
