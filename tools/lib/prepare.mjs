import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { webFolder } from './build-web.mjs';
import { withLock } from './lock.mjs';
import { appEntry, fromRoot, root } from './paths.mjs';
import { run } from './run.mjs';

const installStamp = fromRoot('node_modules', '.dunlin-stamp');
const serverBuild = {
  what: 'the server',
  made: appEntry('monolith'),
  stamp: fromRoot('dist', '.dunlin-stamp'),
  sources: () => hashSources(),
  work: buildServer,
};
const webBuild = {
  what: 'the web chat',
  made: path.join(webFolder, 'index.html'),
  stamp: fromRoot('dist', '.dunlin-web-stamp'),
  sources: () => hashWebSources(),
  work: () => buildWeb(),
};

/**
 * Makes node_modules what package-lock.json says. Costs a few milliseconds when it already is.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @throws Error when npm fails; its output has been shown
 */
export async function ensureInstalled({ log = console.log } = {}) {
  // a folder may be shared with a container, whose packages are others
  const machine = `${process.platform}-${process.arch}`;
  const wanted = `${machine} ${hash([readFileSync(fromRoot('package-lock.json'))])}`;
  if (readStamp(installStamp) === wanted) return;
  await exclusively('install', log, async () => {
    if (readStamp(installStamp) === wanted) return;
    const before = readStamp(installStamp);
    if ((before !== undefined && !before.startsWith(`${machine} `)) || !matchesLockFile()) {
      log('Installing packages (npm ci) …');
      // With NODE_ENV=production npm would leave out what the build needs. Its warnings are of packages that are tested on
      // every supported Node here.
      await npm(['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error']);
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
export const ensureBuilt = ({ log = console.log } = {}) => ensure(serverBuild, log);

/**
 * The same for the web chat, into dist/web. Where its sources are not, there is nothing to build and the server runs without.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @throws Error with the bundler's output
 */
export async function ensureWebBuilt({ log = console.log } = {}) {
  if (existsSync(fromRoot('apps/web/vite.config.ts'))) await ensure(webBuild, log);
}

async function ensure(build, log) {
  if (isBuilt(build, build.sources())) return;
  await exclusively('build', log, async () => {
    const sources = build.sources();
    if (isBuilt(build, sources)) return;
    log(`Building ${build.what} …`);
    // Without its stamp a build that is cut short is no build.
    rmSync(build.stamp, { force: true });
    await build.work();
    writeFileSync(build.stamp, buildMark(build, sources));
  });
}

async function buildServer() {
  await run(process.execPath, [fromRoot('node_modules/@nestjs/cli/bin/nest.js'), 'build', 'all']).catch((error) => {
    throw new Error(`The build failed.\n${error.output ?? error.message}`);
  });
}

/** In a process of its own: what the compression takes would stay with the server that starts in this one. */
async function buildWeb() {
  await run(process.execPath, [fromRoot('tools/build-web.mjs')]).catch((error) => {
    throw new Error(error.output ?? error.message);
  });
}

const isBuilt = (build, sources) => existsSync(build.made) && readStamp(build.stamp) === buildMark(build, sources);

/** What was built and when: a build by other means (`npm run build`) has another time, and is not trusted. */
const buildMark = ({ made }, sources) => `${sources} ${statSync(made).mtimeMs}`;

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
  const parts = ['apps', 'libs'].flatMap((part) => readdirSync(fromRoot(part)).map((name) => path.join(part, name)));
  const built = parts.filter((part) => part !== path.join('apps', 'web'));
  return hashFiles(['nest-cli.json', ...built.flatMap((part) => sourceFiles(path.join(part, 'src')))]);
}

function hashWebSources() {
  const folders = ['apps/web', 'libs/sdk/src', 'libs/contracts/src/wire'];
  return hashFiles(folders.flatMap((folder) => sourceFiles(folder)));
}

function hashFiles(files) {
  const settings = readdirSync(root).filter((name) => /^(tsconfig.*|package-lock)\.json$/.test(name));
  return hash([...settings, ...files].sort().flatMap((file) => [`\0${file}\0`, readFileSync(fromRoot(file))]));
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
