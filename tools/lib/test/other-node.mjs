import { existsSync } from 'node:fs';
import path from 'node:path';
import { cached } from '../lock.mjs';
import { run } from '../run.mjs';

/** The long-term support version that the server is also tried on. */
const LTS = '24';

/**
 * A Node to run the server with.
 *
 * @param {string} wanted a path, or `lts`: the newest Node 24 as npm has it, kept in the cache
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function otherNode(wanted, { signal } = {}) {
  const file = wanted === 'lts' ? await longTermSupport(signal) : path.resolve(wanted);
  if (!existsSync(file)) throw new Error(`${file} is not there.`);
  const version = (await run(file, ['--version'], { signal })).trim();
  return { path: file, version };
}

async function longTermSupport(signal) {
  const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = await cached(
    packageName,
    async (target) => {
      const install = ['install', '--prefix', target, '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
      await run('npm', [...install, '--ignore-scripts', `${packageName}@${LTS}`], { cwd: target, signal });
    },
    { version: LTS, signal },
  );
  return path.join(folder, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
