// Real server processes on free loopback ports, the way an operator runs them.
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { appEntry } from '../../tools/lib/paths.mjs';
import { spawnApp, stopAll, waitForHttp } from '../../tools/lib/processes.mjs';
import { freePorts } from '../../tools/lib/services/ports.mjs';
import { guardFolder } from '../../tools/lib/watchdog.mjs';

const READY_MS = 90_000;
// An app gives up by itself after 8 s and says why.
const STOP_MS = 10_000;
const KEPT_LINES = 300;
const BROKEN = /unhandled ?rejection|uncaught ?exception/i;
const ERROR_LEVEL = 50;

/** What runs in which topology. In the split there are two gateways, so that what crosses gateways is seen. */
const PLANS = {
  monolith: [{ name: 'monolith', entry: 'monolith', gateway: true }],
  split: [
    { name: 'user', entry: 'user' },
    { name: 'group', entry: 'group' },
    { name: 'message', entry: 'message' },
    { name: 'gateway-1', entry: 'gateway', gateway: true },
    { name: 'gateway-2', entry: 'gateway', gateway: true },
  ],
};

/**
 * Starts the server in the topology that `TOPOLOGY` names and waits until all of it is ready.
 *
 * @param {import('./topology.d.mts').TopologyOptions} [options]
 * @returns {Promise<import('./topology.d.mts').Topology>}
 * @throws Error with the end of the log when an app does not get ready
 */
export async function startTopology({ topology, embedded = false, env = {}, nodeArgs = [], onTrouble } = {}) {
  const kind = embedded ? 'monolith' : (topology ?? process.env.TOPOLOGY) || 'monolith';
  const plan = PLANS[kind];
  if (!plan) throw new Error(`TOPOLOGY is ${kind}: there are ${Object.keys(PLANS).join(' and ')}`);
  for (const { entry } of plan)
    if (!existsSync(appEntry(entry))) throw new Error('The server is not built: npm run build');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'dunlin-test-'));
  guardFolder(folder);
  const common = { ...settings(folder, embedded), ...env };
  const ports = await freePorts(plan.length);
  const run = randomBytes(4).toString('hex');
  const members = plan.map(
    (spec, index) =>
      new Member(spec, {
        folder,
        port: ports[index],
        env: common,
        nodeArgs,
        instance: `t${run}-${spec.name}`,
        onTrouble,
      }),
  );
  const find = (name) => {
    const member = members.find((one) => one.name === name);
    if (!member) throw new Error(`No app ${name}: there are ${members.map((one) => one.name).join(', ')}`);
    return member;
  };
  const stop = async () => {
    await Promise.all(members.map((member) => member.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (!embedded && common.DATABASE_URL) await migrate({ folder, env: common, instance: `t${run}-migrate` });
    for (const member of members) member.start();
    await Promise.all(members.map((member) => member.ready()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind,
    folder,
    env: common,
    gateways: members.filter((member) => member.gateway).map((member) => member.url),
    names: members.map((member) => member.name),
    pid: (name) => find(name).pid,
    kill: (name, signal = 'SIGKILL') => find(name).kill(signal),
    restart: (name) => find(name).restart(),
    log: (name) => find(name).lines.join('\n'),
    stop,
  };
}

/** Empty rather than absent where nothing is given, so that a developer's .env does not fill it in. */
function settings(folder, embedded) {
  const given = (name) => (embedded ? '' : (process.env[name] ?? ''));
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    RATE_LIMIT: 'off',
    DATA_DIR: path.join(folder, 'data'),
    MEDIA_URL: '',
    WEB_DIR: '',
    CORS_ORIGINS: '',
    HOST: '',
    COMMON_PASSWORDS: process.env.COMMON_PASSWORDS ?? '',
    JWT_SECRET: randomBytes(48).toString('base64url'),
    DATABASE_URL: given('DATABASE_URL'),
    REDIS_URL: given('REDIS_URL'),
    KAFKA_BROKERS: given('KAFKA_BROKERS'),
  };
}

async function migrate({ folder, env, instance }) {
  const lines = [];
  const app = spawnApp({
    name: 'migrate',
    entry: appEntry('migrate'),
    env: { ...env, INSTANCE_ID: instance, LOG_LEVEL: 'info' },
    log: (line) => lines.push(line),
  });
  const { code, signal } = await app.exited;
  appendFileSync(path.join(folder, 'migrate.log'), `${lines.join('\n')}\n`);
  if (code !== 0) throw new Error(`migrate failed (${signal ?? code})\n${lines.slice(-40).join('\n')}`);
}

/** One app, over restarts on the same port. */
class Member {
  lines = [];
  #app;
  #complain;
  #expected = false;

  constructor({ name, entry, gateway = false }, { folder, port, env, nodeArgs, instance, onTrouble }) {
    this.name = name;
    this.gateway = gateway;
    this.#complain = (what) => onTrouble?.(what);
    this.url = `http://127.0.0.1:${port}`;
    this.start = () => {
      this.#expected = false;
      const app = spawnApp({
        name,
        entry: appEntry(entry),
        nodeArgs,
        env: { ...env, PORT: String(port), INSTANCE_ID: instance },
        log: (line) => this.#note(line, path.join(folder, `${name}.log`), onTrouble),
      });
      this.#app = app;
      void app.exited.then(({ code, signal }) => {
        if (!this.#expected && this.#app === app)
          this.#complain(`${name} ended by itself (${signal ?? code})\n${this.lines.slice(-30).join('\n')}`);
      });
    };
  }

  get pid() {
    return this.#app?.pid;
  }

  async ready() {
    try {
      await waitForHttp(`${this.url}/health/ready`, { app: this.#app, timeoutMs: READY_MS });
    } catch (error) {
      throw new Error(`${this.name} did not start: ${error.message}\n${this.lines.slice(-60).join('\n')}`);
    }
  }

  /** Resolves when it has ended, or at once for a signal that does not end a process. */
  async kill(signal) {
    const app = this.#app;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return void app.kill(signal);
    this.#expected = true;
    app.kill(signal);
    return app.exited;
  }

  async restart() {
    await this.stop();
    this.start();
    await this.ready();
  }

  async stop() {
    if (!this.#app) return;
    const ended = this.#expected; // killed, or never asked to end in good order
    this.#expected = true;
    const [{ code, signal }] = await stopAll([this.#app], STOP_MS);
    if (!ended && code !== 0) this.#complain(`${this.name} did not end in good order (${signal ?? code})`);
    this.#app = undefined;
  }

  #note(line, file, onTrouble) {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    appendFileSync(file, `${line}\n`);
    if (onTrouble && isTrouble(line)) onTrouble(`${this.name}: ${line}`);
  }
}

/** A line that says that the server, not a client, did wrong: an error or worse. */
function isTrouble(line) {
  if (BROKEN.test(line)) return true;
  if (!line.startsWith('{')) return false;
  try {
    const { level } = JSON.parse(line);
    return typeof level === 'number' ? level >= ERROR_LEVEL : ['error', 'fatal'].includes(level);
  } catch {
    return false; // a line that only looks like a record
  }
}
