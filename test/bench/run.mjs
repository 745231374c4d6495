// The measurements of this server against a bare relay:
//   npm run bench -- [--topology sqlite,mysql,split] [--only direct,…] [--rounds 3] [--quiet 20] [--quick] [--out file.json]
// See README.md beside this file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { duration, script } from '../../tools/lib/console.mjs';
import { fromRoot } from '../../tools/lib/paths.mjs';
import { ensureBuilt } from '../../tools/lib/prepare.mjs';
import { Fleet } from './generator/fleet.mjs';
import { People, RelayPeople } from './people.mjs';
import { topSelfTimes } from './report/profile.mjs';
import { waitForQuiet } from './measure/quiet.mjs';
import { turns } from './measure/turns.mjs';
import { table } from './report/rows.mjs';
import { accounts } from './scenarios/accounts.mjs';
import { hot, many } from './scenarios/conversations.mjs';
import { direct } from './scenarios/direct.mjs';
import { group } from './scenarios/group.mjs';
import { idle } from './scenarios/idle.mjs';
import { largeGroup } from './scenarios/large-group.mjs';
import { overload } from './scenarios/overload.mjs';
import { reads } from './scenarios/reads.mjs';
import { soak } from './scenarios/soak.mjs';
import { start } from './scenarios/start.mjs';
import { storm } from './scenarios/storm.mjs';
import { selfCheck } from './self-check.mjs';
import { startDunlin, TOPOLOGY_NAMES } from './targets/dunlin.mjs';
import { startRelay } from './targets/relay.mjs';

const SCENARIOS = [direct, many, hot, group, largeGroup, idle, storm, overload, reads, accounts, start, soak];
// what a quick run has time for
const QUICK = ['direct', 'group'];

await script(async () => {
  const options = readOptions();
  await ensureBuilt();
  const begun = Date.now();
  const log = (line) => console.log(`[${duration(Date.now() - begun)}] ${line}`);
  const report = { startedAt: new Date().toISOString(), machine: machine(), options, topologies: {}, problems: [] };
  if (options.quick) report.problems.push(...(await selfCheck()));
  for (const topology of options.topologies) await runTopology(topology, options, report, log);
  report.rows = rowsOf(report, options);
  for (const { topology, what, own } of report.rows)
    if (!Number.isFinite(own.median)) report.problems.push(`${topology}: no figure for ${what}`);
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${table(report.rows)}\n`);
  console.log(`${describeMachine(report)}\nWritten to ${options.out}`);
  for (const problem of report.problems) console.error(problem);
  process.exit(report.problems.length === 0 ? 0 : 1);
});

function machine() {
  return {
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

function describeMachine({ machine: { node, cores, cpu, memoryGiB }, topologies }) {
  const shares = [];
  // `elsewhere` stands wherever a load was measured
  JSON.stringify(topologies, (key, value) => {
    if (key === 'elsewhere') shares.push(value);
    return value;
  });
  const others = shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)] ?? 0;
  return `Node ${node}, ${cores} × ${cpu}, ${memoryGiB} GiB; others had a median of ${Math.round(others * 100)} % of it.`;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      topology: { type: 'string', multiple: true },
      only: { type: 'string' },
      rounds: { type: 'string' },
      quiet: { type: 'string', default: '0' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string', default: '3000' },
      out: { type: 'string' },
    },
  });
  const topologies = (values.topology ?? ['sqlite']).flatMap((text) => text.split(','));
  const only =
    values.only?.split(',') ??
    (values.quick ? QUICK : SCENARIOS.filter(({ onRequest }) => !onRequest).map(({ name }) => name));
  refuseUnknown('topology', topologies, TOPOLOGY_NAMES);
  refuseUnknown(
    'scenario',
    only,
    SCENARIOS.map(({ name }) => name),
  );
  return {
    ...values,
    topologies,
    only,
    quiet: Number(values.quiet),
    minutes: Number(values.minutes),
    rate: Number(values.rate),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    out: values.out ?? fromRoot('bench-results', `${new Date().toISOString().replaceAll(':', '-')}.json`),
  };
}

function refuseUnknown(what, given, known) {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No such ${what}: ${unknown.join(', ')}. There are ${known.join(', ')}.`);
}

async function runTopology(topology, options, report, log) {
  log(`starting ${topology}`);
  const fleet = await Fleet.start();
  const targets = [];
  const turn = turns(() => waitForQuiet(options.quiet));
  const profileTo = options.profile ? options.out.replace(/(\.json)?$/, `-${topology}-profile`) : undefined;
  const figures = (report.topologies[topology] = {});
  try {
    targets.push(await startRelay(), await startDunlin(topology, { log, profileTo }));
    const people = new Map(
      targets.map((target) => [target, target.name === 'R' ? new RelayPeople() : new People(target)]),
    );
    for (const scenario of SCENARIOS.filter(
      ({ name, topologies }) => options.only.includes(name) && (topologies?.includes(topology) ?? true),
    )) {
      log(`${topology}: ${scenario.title}`);
      const involved = targets.filter(({ name }) => !(name === 'R' && scenario.withoutReference));
      const prepared = new Map();
      for (const target of involved) {
        const context = { fleet, target, people: people.get(target), log, turn, problems: report.problems, ...options };
        prepared.set(target.name, { context, state: await scenario.prepare(context) });
      }
      figures[scenario.name] = [];
      for (let round = 0; round < options.rounds; round++) {
        const entries = involved.map(async ({ name }) => [
          name,
          await scenario.measure(prepared.get(name).context, prepared.get(name).state),
        ]);
        const measured = Object.fromEntries(await Promise.all(entries));
        figures[scenario.name].push(measured);
      }
      for (const target of involved) {
        report.problems.push(...(await fleet.problems(target.crowd)).map((problem) => `${topology}: ${problem}`));
        const { context, state } = prepared.get(target.name);
        await scenario.finish?.(context, state);
        await fleet.close(target.crowd);
      }
    }
    for (const target of targets) report.problems.push(...target.troubles.map((trouble) => `${topology}: ${trouble}`));
  } finally {
    await fleet.stop();
    for (const target of targets) await target.stop();
  }
  // written when the server has ended
  if (profileTo) console.log(topSelfTimes(profileTo));
}

function rowsOf(report, { quick }) {
  return Object.entries(report.topologies).flatMap(([topology, figures]) =>
    SCENARIOS.filter(({ name }) => figures[name]).flatMap((scenario) =>
      scenario.rows(figures[scenario.name], { topology, quick, report }).map((one) => ({ topology, ...one })),
    ),
  );
}
