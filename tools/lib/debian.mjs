import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached } from './lock.mjs';
import { run, which } from './run.mjs';

/** `debian` or `ubuntu` where packages can be unpacked, else undefined. */
export function distribution() {
  if (!which('apt-get') || !which('dpkg') || !existsSync('/etc/os-release')) return undefined;
  return ['debian', 'ubuntu'].find((id) => id === osRelease().ID);
}

/** Whether this run may install packages on the machine itself: only a CI machine's root. */
export const mayInstall = () => process.env.CI === 'true' && process.getuid?.() === 0 && Boolean(which('apt-get'));

/** Installs packages on the machine. Only where {@link mayInstall} says so. */
export async function aptInstall(packages, { signal } = {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-qq', 'update'], { env, signal });
  await run('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', ...packages], { env, signal });
}

/**
 * Packages from the machine's own mirror, unpacked into the cache; nothing is installed.
 *
 * @param {string[]} packages the first one's version names the folder
 * @param {{ suite?: string, without?: string[], signal?: AbortSignal }} [options] with `suite` (say `sid`) everything down
 *   to the C library comes from there; without it only what the machine lacks, from its own suite. `without`: folders to drop
 * @returns {Promise<string>} the folder that stands for `/`
 */
export async function unpackPackages(packages, { suite, without = [], signal } = {}) {
  const name = `${packages[0]}-${suite ?? osRelease().VERSION_CODENAME}-${process.arch}`;
  const folder = await cached(name, (target) => downloadAndUnpack(packages, target, { suite, without, signal }), {
    signal,
  });
  return path.join(folder, 'root');
}

async function downloadAndUnpack(packages, folder, { suite, without, signal }) {
  const apt = path.join(folder, 'apt');
  for (const part of ['lists/partial', 'cache/archives/partial', 'preferences.d', 'tmp'])
    mkdirSync(path.join(apt, part), { recursive: true });
  const status = path.join(apt, 'status');
  writeFileSync(status, suite ? '' : installedExcept(packages));
  writeFileSync(path.join(apt, 'sources.list'), sourceLine(suite));
  writeFileSync(path.join(apt, 'apt.conf'), aptConfiguration(apt));
  const own = {
    APT_CONFIG: path.join(apt, 'apt.conf'),
    TMPDIR: path.join(apt, 'tmp'),
    DEBIAN_FRONTEND: 'noninteractive',
  };
  const env = { ...process.env, ...own };
  await run('apt-get', ['-qq', 'update'], { env, signal });
  await run('apt-get', ['-qq', '-y', '--download-only', 'install', ...packages], { env, signal });

  const archives = path.join(apt, 'cache', 'archives');
  const files = readdirSync(archives).filter((file) => file.endsWith('.deb'));
  const target = path.join(folder, 'root');
  mkdirSync(target);
  for (const file of files) await run('dpkg', ['-x', path.join(archives, file), target], { signal });
  for (const part of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', ...without])
    rmSync(path.join(target, part), { recursive: true, force: true });
  rmSync(apt, { recursive: true, force: true });
  // name_[epoch%3a]version_architecture.deb
  const [, version] = files.find((file) => file.startsWith(`${packages[0]}_`)).split('_');
  return version.replace(/^\d+%3a/, '');
}

/** What the machine has, so that only the rest is downloaded. */
function installedExcept(packages) {
  const stanzas = readFileSync('/var/lib/dpkg/status', 'utf8').split('\n\n');
  return stanzas.filter((stanza) => !packages.some((name) => stanza.startsWith(`Package: ${name}\n`))).join('\n\n');
}

function sourceLine(suite) {
  const ubuntu = distribution() === 'ubuntu';
  const keyring = `/usr/share/keyrings/${ubuntu ? 'ubuntu' : 'debian'}-archive-keyring.gpg`;
  const components = ubuntu ? 'main universe' : 'main';
  return `deb [signed-by=${keyring}] ${mirror()} ${suite ?? osRelease().VERSION_CODENAME} ${components}\n`;
}

/** The mirror that this machine is set up with. */
function mirror() {
  // the last holds what `mirror+file:` in the others leads to
  const folders = ['/etc/apt/sources.list.d', '/etc/apt/mirrors'].filter((folder) => existsSync(folder));
  const files = [
    '/etc/apt/sources.list',
    ...folders.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name))),
  ];
  for (const file of files.filter((name) => existsSync(name))) {
    const text = readFileSync(file, 'utf8').replace(/#.*$/gm, '');
    const [found] = text.match(/https?:\/\/\S+\/(debian|ubuntu|ubuntu-ports)\/?(?=\s|$)/) ?? [];
    if (found) return found;
  }
  throw new Error('No Debian or Ubuntu mirror is set up in /etc/apt.');
}

function osRelease() {
  const lines = readFileSync('/etc/os-release', 'utf8').split('\n');
  return Object.fromEntries(lines.filter(Boolean).map((line) => line.replaceAll('"', '').split(/=(.*)/s)));
}

// Everything apt would keep in the system is kept in `apt` instead, so neither root nor a lock is needed.
const aptConfiguration = (apt) => `
Dir::Etc::sourcelist "${apt}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "${apt}/preferences.d";
Dir::State::lists "${apt}/lists";
Dir::State::status "${apt}/status";
Dir::Cache "${apt}/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
`;
