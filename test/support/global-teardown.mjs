import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Stops the server. What it complained of fails the run, also when that came after the last test. */
export default async function globalTeardown() {
  const run = globalThis.dunlinE2e;
  if (!run) return;
  run.stopping = true;
  const expected = expectedTroubles(run.server.folder); // before the folder goes
  await run.server.stop();
  const troubles = run.troubles.filter((what) => !expected.some((pattern) => pattern.test(what)));
  if (troubles.length === 0) return;
  console.error(`The server complained ${troubles.length} times:\n${troubles.slice(0, 20).join('\n')}`);
  // Throwing here would lose the results of all tests.
  process.exitCode = 1;
}

function expectedTroubles(folder) {
  const file = path.join(folder, 'expected-troubles.log');
  const sources = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return sources.map((source) => new RegExp(source));
}
