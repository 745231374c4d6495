import { fromRoot } from '../../tools/lib/paths.mjs';
import { run } from '../../tools/lib/run.mjs';

/** Runs the checker's own tests. @throws Error when one fails */
export async function proveChecker() {
  const output = await run(process.execPath, ['--test', fromRoot('test/consistency/checker/check.test.mjs')]);
  const [, tests] = /^# pass (\d+)$/m.exec(output) ?? [];
  if (!(Number(tests) > 0)) throw new Error(`Nothing was tested:\n${output}`);
  return { tests: Number(tests), say: `${tests} tests` };
}
