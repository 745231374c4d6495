import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appEntry } from '../../tools/lib/paths.mjs';
import { spawnApp, stopAll, waitForHttp } from '../../tools/lib/processes.mjs';
import { startServices } from '../../tools/lib/services/index.mjs';
import { freePorts } from '../../tools/lib/services/ports.mjs';

/**
 * The four apps with `gateways` gateways on real services, all of this run's own. A killed app is started again by
 * `restart`, as a supervisor would.
 */
export async function startSplit({ gateways = 2, log = () => undefined } = {}) {
  const services = await startServices({ log });
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-load-'));
  const names = ['user', 'group', 'message', ...Array.from({ length: gateways }, (_, i) => `gateway-${i + 1}`)];
  // one more than is started at first, for a gateway that comes later
  const known = [...names, `gateway-${gateways + 1}`];
  const ports = await freePorts(known.length);
  const common = {
    ...services.env,
    NODE_ENV: 'test',
    JWT_SECRET: randomBytes(48).toString('base64url'),
    DATA_DIR: folder,
    RATE_LIMIT: 'off',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
  };
  const running = new Map();
  const start = (name) => {
    const entry = name.startsWith('gateway') ? 'gateway' : name;
    const port = String(ports[known.indexOf(name)]);
    const app = spawnApp({ name, entry: appEntry(entry), env: { ...common, PORT: port, INSTANCE_ID: name }, log });
    running.set(name, app);
    return waitForHttp(`http://127.0.0.1:${port}/health/ready`, { app });
  };
  const stop = async () => {
    await stopAll([...running.values()]);
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const migrate = spawnApp({ name: 'migrate', entry: appEntry('migrate'), env: common, log });
    if ((await migrate.exited).code !== 0) throw new Error('migrate failed');
    await Promise.all(names.map(start));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: names
      .filter((name) => name.startsWith('gateway'))
      .map((name) => `http://127.0.0.1:${ports[names.indexOf(name)]}`),
    names,
    services,
    pid: (name) => running.get(name).pid,
    kill: (name) => running.get(name).kill('SIGKILL'),
    /** Adds one more gateway, or brings a killed app back. Resolves when it is ready. */
    restart: start,
    stopApp: (name) => running.get(name).stop(),
    stop,
  };
}
