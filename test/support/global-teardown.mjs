/** Stops the server. What it complained of fails the run, also when that came after the last test. */
export default async function globalTeardown() {
  const run = globalThis.dunlinE2e;
  if (!run) return;
  run.stopping = true;
  await run.server.stop();
  if (run.troubles.length === 0) return;
  console.error(`The server complained ${run.troubles.length} times:\n${run.troubles.slice(0, 20).join('\n')}`);
  // Throwing here would lose the results of all tests.
  process.exitCode = 1;
}
