import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duration } from '../console.mjs';
import { guardFolder } from '../watchdog.mjs';
import { kafka } from './kafka.mjs';
import { mariadb } from './mariadb.mjs';
import { mysql } from './mysql.mjs';
import { freePorts } from './ports.mjs';
import { redis } from './redis.mjs';
import { s3 } from './s3.mjs';

export { createDatabase } from './sql.mjs';

const kinds = { mysql, mariadb, redis, kafka, s3 };

/**
 * Starts real servers on free loopback ports with their data in a temporary folder: MySQL, Redis and Kafka unless one
 * is said to be `false`, MariaDB and S3 if they are said to be `true`. They end with `stop()`, and also when this process dies
 * without calling it. Redis keeps nothing on disk, so it is empty after a restart.
 *
 * @param {import('./index.d.mts').ServiceOptions} [options]
 * @returns {Promise<import('./index.d.mts').Services>}
 */
export async function startServices({ log = () => undefined, signal, ...wanted } = {}) {
  const choice = { mysql: true, mariadb: false, redis: true, kafka: true, s3: false, ...wanted };
  const names = Object.keys(kinds).filter((name) => choice[name]);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'dunlin-services-'));
  guardFolder(folder);
  const ports = await freePorts(names.length + 1);
  const controllerPort = ports.pop();

  const failure = new AbortController();
  const either = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const processes = {};
  const stop = async () => {
    await Promise.all(Object.values(processes).map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (name, port) => {
    const begun = Date.now();
    const prepared = await kinds[name]({ folder, port, controllerPort, log, signal: either });
    processes[name] = prepared.server;
    await prepared.server.start(either);
    log(`${name} is ready on port ${port} (${duration(Date.now() - begun)})`);
    return prepared.env;
  };

  const starts = names.map((name, index) => start(name, ports[index]));
  try {
    const env = Object.assign({}, ...(await Promise.all(starts)));
    return { env, processes, stop };
  } catch (error) {
    // One is missing: the others need not go on, and must have let go before their folder is removed.
    failure.abort(error);
    await Promise.allSettled(starts);
    await stop();
    throw error;
  }
}
