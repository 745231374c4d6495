// `npm test`: everything, in order; a step that fails does not keep the next from running.
//   npm test -- --embedded          only what needs no other server than our own
//   npm test -- --only lint,unit    these steps; the names are in the list below
//   npm test -- --node lts          the embedded tests once more on another Node: the current LTS, or the path of one
import './lib/require-node.mjs';

const { parseArgs } = await import('node:util');
const { script, shutdownSignal } = await import('./lib/console.mjs');
const { fromRoot } = await import('./lib/paths.mjs');
const { ensureBuilt, ensureInstalled, ensureWebBuilt } = await import('./lib/prepare.mjs');
const { run } = await import('./lib/run.mjs');
const { jest } = await import('./lib/test/jest.mjs');
const { otherNode } = await import('./lib/test/other-node.mjs');
const { Report } = await import('./lib/test/report.mjs');

const STEP_TIMEOUT_MS = 30 * 60_000;
// Empty rather than absent, so that a developer's .env does not fill them in.
const embedded = { TOPOLOGY: 'monolith', DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '' };
const inBand = ['--runInBand'];
// some attacks consist of waiting
const twoAtOnce = ['--maxWorkers=2'];

await script(async () => {
  const options = readOptions();
  const signal = shutdownSignal();
  await ensureInstalled();
  const report = new Report();
  const services = lazyServices(signal);
  const steps = selectSteps(options, services);
  const built = await report.step('build', async () => {
    await ensureBuilt();
    await ensureWebBuilt();
  });
  for (const { name, title = name, work, stops } of built ? steps : []) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(STEP_TIMEOUT_MS)]);
    const passed = await report.step(title, () => work(limit));
    if (signal.aborted || (stops && !passed)) break;
  }
  await services.stop();
  process.exit(report.finish());
});

function readOptions() {
  const { values } = parseArgs({
    options: { embedded: { type: 'boolean' }, only: { type: 'string' }, node: { type: 'string' } },
  });
  return { ...values, only: values.only?.split(',') };
}

function selectSteps({ embedded: quick, only, node }, services) {
  const steps = [
    ...staticSteps(),
    { name: 'unit', work: (signal) => jest('unit', { signal }) },
    { name: 'sdk', work: (signal) => jest('sdk', { env: embedded, args: inBand, signal }) },
    {
      name: 'web',
      title: 'web: browsers, one process',
      work: (signal) => jest('web', { env: embedded, args: inBand, signal }),
    },
    { name: 'e2e', title: 'e2e: one process', work: (signal) => jest('e2e', { env: embedded, args: inBand, signal }) },
    {
      name: 'attack',
      work: (signal) => jest('attack', { env: { ...embedded, COMMON_PASSWORDS: 'off' }, args: twoAtOnce, signal }),
    },
    ...(node ? [nodeStep(node)] : []),
    ...(quick ? [] : serviceSteps(services)),
    ...(quick ? [] : proofSteps()),
    { name: 'docs', work: scriptStep('test/docs/run.mjs') },
  ];
  const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`No such step: ${unknown.join(', ')}. There are ${steps.map(({ name }) => name).join(', ')}.`);
  return only ? steps.filter(({ name }) => only.includes(name)) : steps;
}

function staticSteps() {
  const lint = async (signal) => {
    await scriptStep('node_modules/eslint/bin/eslint.js', '.')(signal);
    await scriptStep('node_modules/prettier/bin/prettier.cjs', '--check', '.')(signal);
  };
  return [
    { name: 'lint', work: lint },
    {
      name: 'types',
      work: async (signal) => {
        // the page has a document and no Node
        for (const project of ['tsconfig.json', 'apps/web/tsconfig.json'])
          await scriptStep('node_modules/typescript/bin/tsc', '--noEmit', '-p', project)(signal);
      },
      stops: true,
    },
    { name: 'arch', work: scriptStep('test/arch/run.mjs') },
    { name: 'checker', work: scriptStep('test/consistency/checker/check.test.mjs') },
  ];
}

function nodeStep(wanted) {
  const work = async (signal) => {
    const { path, version } = await otherNode(wanted, { signal });
    console.log(`The server runs on Node ${version}.`);
    return jest('e2e', { env: { ...embedded, DUNLIN_NODE: path }, args: inBand, signal });
  };
  return { name: 'node', title: `embedded on ${wanted === 'lts' ? 'the Node LTS' : wanted}`, work };
}

/** Each leg has a database and a Redis of its own, so none sees what the one before has left. */
function serviceSteps(services) {
  const storage = async (signal) => {
    const { DATABASE_URL, MARIADB_URL, S3_URL } = await services.get();
    const env = { DATABASE_URLS: `${DATABASE_URL},${MARIADB_URL}`, S3_URL };
    return jest('storage', { env, args: inBand, signal });
  };
  const transport = async (signal) => {
    const { KAFKA_BROKERS } = await services.get();
    return jest('transport', { env: { KAFKA_BROKERS }, args: inBand, signal });
  };
  const leg = (project, topology, redisNumber, names) => async (signal) => {
    const env = await services.get();
    const own = {
      DATABASE_URL: await services.createDatabase(env.DATABASE_URL, `${project}_${topology}`),
      REDIS_URL: `${env.REDIS_URL}/${redisNumber}`,
      KAFKA_BROKERS: env.KAFKA_BROKERS,
    };
    const given = Object.fromEntries(names.map((name) => [name, own[name]]));
    return jest(project, { env: { ...embedded, TOPOLOGY: topology, ...given }, args: inBand, signal });
  };
  return [
    { name: 'storage', title: 'storage: MySQL, MariaDB, S3', work: storage },
    { name: 'transport', title: 'transport: Kafka', work: transport },
    {
      name: 'e2e-mysql',
      title: 'e2e: one process, MySQL',
      work: leg('e2e', 'monolith', 1, ['DATABASE_URL', 'REDIS_URL']),
    },
    {
      name: 'e2e-split',
      title: 'e2e: split',
      work: leg('e2e', 'split', 2, ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS']),
    },
    {
      name: 'web-split',
      title: 'web: browsers, split',
      work: leg('web', 'split', 3, ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS']),
    },
  ];
}

/** Short forms of what `npm run test:consistency` and `npm run bench` do at length; they bring their own servers. */
function proofSteps() {
  return [
    { name: 'consistency', work: scriptStep('test/consistency/run.mjs', '--short') },
    { name: 'bench', work: scriptStep('test/bench/run.mjs', '--quick') },
  ];
}

function scriptStep(file, ...args) {
  return async (signal) => {
    await run(process.execPath, [fromRoot(file), ...args], { inherit: true, signal });
  };
}

/** The servers, started once by the first step that asks. */
function lazyServices(signal) {
  let starting;
  const load = () => import('./lib/services/index.mjs');
  const start = async () => (await load()).startServices({ mariadb: true, s3: true, log: console.log, signal });
  return {
    get: async () => {
      starting = starting ?? start();
      return (await starting).env;
    },
    createDatabase: async (url, name) => (await load()).createDatabase(url, name),
    stop: async () => {
      const services = await starting?.catch(() => undefined); // the step that asked has reported it
      await services?.stop();
    },
  };
}
