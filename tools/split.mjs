// `npm run split`: user, group, message and gateway as processes of their own, with what they need, on this machine.
//   --gateways 2      a second gateway, on the port ten higher
//   --port-base 4000  other ports than 3000 to 3003 (or PORT_BASE)
import './lib/require-node.mjs';

const { randomBytes } = await import('node:crypto');
const { existsSync } = await import('node:fs');
const { loadEnvFile } = await import('node:process');
const { parseArgs } = await import('node:util');
const { aborted, paint, script, shutdownSignal } = await import('./lib/console.mjs');
const { appEntry, fromRoot } = await import('./lib/paths.mjs');
const { ensureBuilt, ensureInstalled, ensureWebBuilt } = await import('./lib/prepare.mjs');
const { isFree } = await import('./lib/services/ports.mjs');
const { keepRunning, spawnApp, stopAll, waitForHttp } = await import('./lib/processes.mjs');

const log = (line) => console.log(paint('bold', line));
// An app gives up by itself after 8 s and says why; only one that is stuck is killed.
const STOP_TIMEOUT_MS = 9000;
const needed = ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'];

await script(async () => {
  // What the apps would read themselves; the environment wins.
  if (existsSync(fromRoot('.env'))) loadEnvFile(fromRoot('.env'));
  const { gateways, portBase } = readOptions();
  const plan = planApps(gateways, portBase);
  for (const { name, port } of plan)
    if (!(await isFree(port)))
      throw new Error(`Port ${port} for ${name} is in use. Choose others: npm run split -- --port-base 4000`);
  await ensureInstalled();
  await ensureBuilt();
  await ensureWebBuilt();

  const signal = shutdownSignal();
  const running = new Map();
  let services;
  let failure;
  try {
    services = await findServices(signal);
    const common = {
      ...services.env,
      JWT_SECRET: process.env.JWT_SECRET || randomBytes(48).toString('base64url'),
      DATA_DIR: process.env.DATA_DIR || fromRoot('data'),
    };
    await migrate(common, signal);
    const start = ({ name, entry, port }) => {
      const app = spawnApp({ name, entry: appEntry(entry), env: { ...common, PORT: String(port) } });
      running.set(name, app);
      return app;
    };
    const started = plan.map((spec) => ({ spec, app: start(spec) }));
    await Promise.all(started.map(({ spec, app }) => waitForHttp(`${spec.url}/health/ready`, { app, signal })));
    announce(plan, services.env);
    for (const { spec, app } of started) void keepRunning(app, () => start(spec), { signal, log });
    await aborted(signal);
    log('Stopping …');
  } catch (error) {
    if (!signal.aborted) failure = error;
  }
  await stopAll([...running.values()], STOP_TIMEOUT_MS);
  await services?.stop();
  if (failure) throw failure;
  process.exit(0);
});

function readOptions() {
  const { values } = parseArgs({ options: { gateways: { type: 'string' }, 'port-base': { type: 'string' } } });
  const gateways = Number(values.gateways ?? 1);
  const portBase = Number(values['port-base'] ?? process.env.PORT_BASE ?? 3000);
  if (!(Number.isInteger(gateways) && gateways >= 1 && gateways <= 9)) throw new Error('--gateways takes 1 to 9');
  if (!(Number.isInteger(portBase) && portBase >= 1 && portBase <= 65_000))
    throw new Error('--port-base takes 1 to 65000');
  return { gateways, portBase };
}

function planApps(gateways, portBase) {
  const specs = ['user', 'group', 'message'].map((entry, index) => ({
    name: entry,
    entry,
    port: portBase + 1 + index,
  }));
  for (let n = 0; n < gateways; n++)
    specs.push({ name: n === 0 ? 'gateway' : `gateway-${n + 1}`, entry: 'gateway', port: portBase + 10 * n });
  return specs.map((spec) => ({ ...spec, url: `http://127.0.0.1:${spec.port}` }));
}

/** The services that the environment names, if it names all; else ones of this run. */
async function findServices(signal) {
  const given = needed.filter((name) => process.env[name]);
  if (given.length === needed.length) return { env: {}, stop: async () => undefined };
  if (given.length > 0) log(`${given.join(' and ')} alone will not do (${needed.join(', ')}): starting all three.`);
  const { startServices } = await import('./lib/services/index.mjs');
  return startServices({ log, signal });
}

/** Brings the tables and topics up to date, or throws. */
async function migrate(env, signal) {
  const app = spawnApp({ name: 'migrate', entry: appEntry('migrate'), env });
  const kill = () => app.kill();
  signal.addEventListener('abort', kill);
  const { code } = await app.exited;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`migrate failed (${code})`);
}

function announce(plan, env) {
  log('\nReady. Ctrl-C stops everything.');
  for (const { name, url } of plan) log(`  ${name.padEnd(12)}${url}`);
  for (const [name, value] of Object.entries(env)) log(`  ${name.padEnd(16)}${value}`);
  log('');
}
