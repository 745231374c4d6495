// Proves what a send promises, from what clients saw, while processes die:
//   npm run test:consistency                        clean runs, kills at any moment, kills at every failpoint
//   npm run test:consistency -- --short             less of each, for CI
//   npm run test:consistency -- --mutants           is the checker any good? broken servers that it must catch
//   npm run test:consistency -- --faults [--only redis,clock]   everything else that breaks
//   npm run test:consistency -- --repeat-ids 1000   so many clientMsgIds, each 100 times at once, over two gateways
//   [--topology sqlite,mysql,split] [--runs 1] [--minutes 1] [--kills 10] [--pause 40] [--seed 1]
import { script } from '../../tools/lib/console.mjs';
import { fromRoot } from '../../tools/lib/paths.mjs';
import { ensureBuilt } from '../../tools/lib/prepare.mjs';
import { readOptions } from './options.mjs';
import { mutantsCanBeMade, runMutants } from './mutants/run-mutants.mjs';
import { proveChecker } from './prove-checker.mjs';
import { Report } from './report.mjs';
import { runFaults, runKills, runRepeats } from './suites.mjs';

await script(async () => {
  const options = readOptions();
  await ensureBuilt();
  const report = new Report(fromRoot('consistency-results'));
  if (options.mutants) await runMutants(report, options);
  else if (options.repeatIds) await runRepeats(report, options);
  else {
    await report.case('the checker finds every anomaly in a history by hand', proveChecker);
    await report.case('the broken servers can still be made', mutantsCanBeMade);
    if (!options.faults) await runKills(report, options);
    if (options.faults || options.short) await runFaults(report, options);
  }
  process.exit(report.finish(options));
});
