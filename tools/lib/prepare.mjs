import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { appEntry, fromRoot, root } from './paths.mjs';
import { run } from './run.mjs';

const installStamp = fromRoot('node_modules', '.dunlin-stamp');
const buildStamp = fromRoot('dist', '.dunlin-stamp');

/**
 * Makes node_modules what package-lock.json says. Costs a few milliseconds when it already is.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @throws Error when npm fails; its output has been shown
 */
export async function ensureInstalled({ log = console.log } = {}) {
  const wanted = hash([readFileSync(fromRoot('package-lock.json'))]);
  if (readStamp(installStamp) === wanted) return;
  await exclusively('install', log, async () => {
    if (readStamp(installStamp) === wanted) return;
    if (!matchesLockFile()) {
      log('Installing packages (npm ci) …');
      // With NODE_ENV=production npm would leave out what the build needs.
      await npm(['ci', '--no-audit', '--no-fund', '--include=dev']);
    }
    writeFileSync(installStamp, wanted);
  });
}

/**
 * Builds all apps into dist/all when a source has changed since the last build.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @throws Error with the compiler's output
 */
export async function ensureBuilt({ log = console.log } = {}) {
  if (isBuilt(hashSources())) return;
  await exclusively('build', log, async () => {
    const sources = hashSources();
    if (isBuilt(sources)) return;
    log('Building …');
    // Without its stamp a build that is cut short is no build.
    rmSync(buildStamp, { force: true });
    await run(process.execPath, [fromRoot('node_modules/@nestjs/cli/bin/nest.js'), 'build', 'all']).catch((error) => {
      throw new Error(`The build failed.\n${error.output ?? error.message}`);
    });
    writeFileSync(buildStamp, buildMark(sources));
  });
}

const isBuilt = (sources) => existsSync(appEntry('monolith')) && readStamp(buildStamp) === buildMark(sources);

/** What was built and when: a build by other means (`npm run build`) has another time, and is not trusted. */
const buildMark = (sources) => `${sources} ${statSync(appEntry('monolith')).mtimeMs}`;

const exclusively = (name, log, work) =>
  withLock(`${name}.lock`, work, { onWait: (pid) => log(`Waiting for process ${pid}, which runs the ${name} …`) });

function npm(args) {
  // Under `npm start` this is the npm that runs us; it is a script, so it needs no shell on any system.
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(process.execPath, [cli, ...args], { inherit: true });
  return run('npm', args, { inherit: true, shell: process.platform === 'win32' });
}

/**
 * Whether somebody ran npm themselves: npm notes in node_modules/.package-lock.json what it put there.
 * An optional package may be missing, it is for another platform.
 */
function matchesLockFile() {
  const noted = fromRoot('node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const wanted = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  return Object.entries(wanted).every(([name, { version, integrity, optional }]) => {
    const there = installed[name];
    return name === '' || (there ? there.version === version && there.integrity === integrity : optional);
  });
}

function hashSources() {
  const tops = readdirSync(root).filter((name) => /^(tsconfig.*|nest-cli|package-lock)\.json$/.test(name));
  const files = ['apps', 'libs'].flatMap((part) =>
    readdirSync(fromRoot(part)).flatMap((name) => sourceFiles(path.join(part, name, 'src'))),
  );
  return hash([...tops, ...files].sort().flatMap((file) => [`\0${file}\0`, readFileSync(fromRoot(file))]));
}

/** Files below a folder, relative to the root, without the specs, which are not built. */
function sourceFiles(folder) {
  if (!existsSync(fromRoot(folder))) return [];
  const entries = readdirSync(fromRoot(folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

function hash(parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}

const readStamp = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
