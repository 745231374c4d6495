import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fromRoot } from '../paths.mjs';
import { run } from '../run.mjs';

/**
 * Runs a Jest project and counts its tests.
 *
 * @param {string} project
 * @param {{ env?: NodeJS.ProcessEnv, args?: string[], signal?: AbortSignal }} [options]
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} a suite that does not even load is one failed
 *   test, and so is a run that fails otherwise or runs nothing
 */
export async function jest(project, { env = {}, args = [], signal } = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'dunlin-jest-'));
  const outputFile = path.join(folder, 'results.json');
  const command = [fromRoot('node_modules/jest/bin/jest.js'), '--ci', '--json', `--outputFile=${outputFile}`];
  try {
    const options = { env: { ...process.env, ...env }, inherit: true, signal };
    const failure = await run(process.execPath, [...command, '--selectProjects', project, ...args], options).then(
      () => undefined,
      (error) => error,
    );
    signal?.throwIfAborted();
    if (failure && !existsSync(outputFile)) throw failure;
    const results = JSON.parse(readFileSync(outputFile, 'utf8'));
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const ranWell = !failure && passed + failed > 0;
    return { passed, failed: failed || (ranWell ? 0 : 1), skipped: results.numPendingTests + results.numTodoTests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
