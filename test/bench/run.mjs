// The measurements of this server against a bare relay:
//   npm run bench -- [--topology sqlite,mysql,split] [--only direct,…] [--rounds 3] [--quick] [--out file.json]
// See README.md beside this file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { duration, script } from '../../tools/lib/console.mjs';
import { fromRoot } from '../../tools/lib/paths.mjs';
import { ensureBuilt, ensureInstalled } from '../../tools/lib/prepare.mjs';
import { Fleet } from './generator/fleet.mjs';
import { People, RelayPeople } from './people.mjs';
import { direct } from './scenarios/direct.mjs';
import { startDunlin, TOPOLOGY_NAMES } from './targets/dunlin.mjs';
import { startRelay } from './targets/relay.mjs';

const SCENARIOS = [direct];

await script(async () => {
  const options = readOptions();
  await ensureInstalled();
  await ensureBuilt();
  const begun = Date.now();
  const log = (line) => console.log(`[${duration(Date.now() - begun)}] ${line}`);
  const report = { startedAt: new Date().toISOString(), options, topologies: {}, problems: [] };
  for (const topology of options.topologies)
    report.topologies[topology] = await runTopology(topology, options, report, log);
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`Written to ${options.out}`);
  for (const problem of report.problems) console.error(problem);
  process.exit(report.problems.length === 0 ? 0 : 1);
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      topology: { type: 'string', multiple: true },
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const topologies = (values.topology ?? ['sqlite']).flatMap((text) => text.split(','));
  const only = values.only?.split(',') ?? SCENARIOS.map(({ name }) => name);
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
  const figures = {};
  try {
    targets.push(await startRelay(), await startDunlin(topology, { log }));
    const people = new Map(
      targets.map((target) => [target, target.name === 'R' ? new RelayPeople() : new People(target)]),
    );
    for (const scenario of SCENARIOS.filter(({ name }) => options.only.includes(name))) {
      log(`${topology}: ${scenario.title}`);
      const prepared = new Map();
      for (const target of targets) {
        const context = { fleet, target, people: people.get(target), log, ...options };
        prepared.set(target, { context, state: await scenario.prepare(context) });
      }
      figures[scenario.name] = [];
      for (let round = 0; round < options.rounds; round++) {
        const measured = {};
        for (const target of targets) {
          const { context, state } = prepared.get(target);
          measured[target.name] = await scenario.measure(context, state);
        }
        figures[scenario.name].push(measured);
      }
      for (const target of targets) {
        report.problems.push(...(await fleet.problems(target.crowd)).map((problem) => `${topology}: ${problem}`));
        await fleet.close(target.crowd);
      }
    }
    for (const target of targets) report.problems.push(...target.troubles.map((trouble) => `${topology}: ${trouble}`));
  } finally {
    await fleet.stop();
    for (const target of targets) await target.stop();
  }
  return figures;
}
