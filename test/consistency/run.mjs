// Proves what a send promises, from what clients saw, while processes die:
//   npm run test:consistency -- [--topology sqlite,mysql,split] [--minutes 1] [--seed 1]
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { script } from '../../tools/lib/console.mjs';
import { fromRoot } from '../../tools/lib/paths.mjs';
import { ensureBuilt, ensureInstalled } from '../../tools/lib/prepare.mjs';
import { Report } from './report.mjs';
import { session, TOPOLOGIES, withTopology } from './session.mjs';

await script(async () => {
  const { values } = parseArgs({
    options: {
      topology: { type: 'string', default: Object.keys(TOPOLOGIES).join(',') },
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
    },
  });
  await ensureInstalled();
  await ensureBuilt();
  const folder = fromRoot('consistency-results');
  mkdirSync(folder, { recursive: true });
  const report = new Report(folder);
  const log = process.env.VERBOSE ? console.log : () => undefined;
  for (const kind of values.topology.split(','))
    await report.case(`${kind}: a day on which all goes well`, () =>
      withTopology(kind, { log }, (topology) =>
        session(topology, { folder, name: `${kind}-clean`, seed: Number(values.seed) }, () =>
          sleep(Number(values.minutes) * 60_000),
        ),
      ),
    );
  process.exit(report.finish(values));
});
