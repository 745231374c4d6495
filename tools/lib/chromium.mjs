import { existsSync } from 'node:fs';
import { aptInstall, distribution, mayInstall } from './debian.mjs';
import { which } from './run.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ON_MACOS = ['Chromium', 'Google Chrome'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/**
 * A Chromium for tests: `CHROMIUM_PATH`, else one on PATH; a CI machine installs its own.
 *
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<string>} the program's path
 * @throws Error with the command that installs it
 */
export async function findChromium({ signal } = {}) {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is not there.`);
  }
  const found = installed();
  if (found) return found;
  if (mayInstall() && distribution() === 'debian') {
    await aptInstall(['chromium', 'fonts-noto-cjk'], { signal });
    const fresh = installed();
    if (fresh) return fresh;
  }
  throw new Error(
    `Chromium is missing. Install it: apt-get install ${distribution() === 'ubuntu' ? 'chromium-browser' : 'chromium'} ` +
      'fonts-noto-cjk, or brew install chromium; or say where one is with CHROMIUM_PATH.',
  );
}

const installed = () =>
  PROGRAMS.map((name) => which(name)).find(Boolean) ?? ON_MACOS.find((program) => existsSync(program));
