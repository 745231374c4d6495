import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appEntry } from '../../tools/lib/paths.mjs';
import { spawnApp, stopAll, waitForHttp } from '../../tools/lib/processes.mjs';
import { startServices } from '../../tools/lib/services/index.mjs';
import { freePorts } from '../../tools/lib/services/ports.mjs';
import { guardFolder } from '../../tools/lib/watchdog.mjs';

/**
 * @typedef {object} StartOptions
 * @property {(line: string) => void} [log]
 * @property {Record<string, string>} [env] for all apps, over what they get anyway
 * @property {(env: Record<string, string>) => Promise<Record<string, string>>} [through] changes the services'
 *   addresses for the apps: a proxy in between
 * @property {(app: string) => string} [entryOf] the file that starts an app; default: the build
 */

/**
 * The four apps, with two gateways, on real services, all of this run's own. A killed app is started again by
 * `restart`, as a supervisor would.
 * @param {StartOptions} [options]
 */
export async function startSplit({ log = () => undefined, ...options } = {}) {
  const services = await startServices({ log });
  const names = ['user', 'group', 'message', 'gateway-1', 'gateway-2'];
  // a second message service comes later
  const known = [...names, 'message-2'];
  const entry = (name) => name.replace(/-\d+$/, '');
  return startApps({ services, names, known, entry, isGateway: (name) => name.startsWith('gateway'), log, ...options });
}

/**
 * Everything in one process, on an SQLite file or on MySQL and Redis.
 * @param {StartOptions & { database?: 'sqlite' | 'mysql' }} [options]
 */
export async function startMonolith({ database = 'sqlite', log = () => undefined, ...options } = {}) {
  const services =
    database === 'mysql'
      ? await startServices({ log, kafka: false })
      : // empty rather than absent, so that a developer's .env does not fill them in
        { env: { DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '' }, processes: {}, stop: async () => undefined };
  const names = ['monolith'];
  return startApps({ services, names, known: names, entry: (name) => name, isGateway: () => true, log, ...options });
}

async function startApps({ services, names, known, entry, isGateway, log, env = {}, through, entryOf = appEntry }) {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-consistency-'));
  guardFolder(folder);
  const ports = await freePorts(known.length);
  const portOf = (name) => ports[known.indexOf(name)];
  const addresses = through ? await through(services.env) : services.env;
  const common = {
    ...addresses,
    NODE_ENV: 'test',
    JWT_SECRET: randomBytes(48).toString('base64url'),
    DATA_DIR: folder,
    RATE_LIMIT: 'off',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    ...env,
  };
  const running = new Map();
  const start = (name, more = {}) => {
    const app = spawnApp({
      name,
      entry: entryOf(entry(name)),
      env: { ...common, ...more, PORT: String(portOf(name)), INSTANCE_ID: name },
      log,
    });
    running.set(name, app);
    return waitForHttp(`http://127.0.0.1:${portOf(name)}/health/ready`, { app });
  };
  const migrate = async () => {
    const app = spawnApp({ name: 'migrate', entry: entryOf('migrate'), env: { ...common, ...services.env }, log });
    if ((await app.exited).code !== 0) throw new Error('migrate failed');
  };
  const stop = async () => {
    await stopAll([...running.values()]);
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (services.env.DATABASE_URL) await migrate();
    await Promise.all(names.map((name) => start(name)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: names.filter(isGateway).map((name) => `http://127.0.0.1:${portOf(name)}`),
    names,
    services,
    folder,
    /** Of the database itself, past any proxy. */
    databaseUrl: services.env.DATABASE_URL || `sqlite:${join(folder, 'dunlin.sqlite')}`,
    migrate,
    pid: (name) => running.get(name).pid,
    kill: (name, signal = 'SIGKILL') => running.get(name).kill(signal),
    /** Resolves with `{ code, signal }` when an app has ended. */
    exited: (name) => running.get(name).exited,
    /** Brings a killed app back, or starts one that is only known, with these settings besides. Resolves when ready. */
    restart: start,
    // an app gives up by itself after 8 s and says why
    stopApp: (name) => running.get(name).stop(10_000),
    stop,
  };
}
