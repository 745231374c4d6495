import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from './paths.mjs';

const LONGEST_WAIT_MS = 15 * 60_000;
const held = new Set();

/**
 * Runs `work` while nobody else on this machine runs work under the same name.
 * The lock is a file that holds its owner's pid, so one whose owner was killed is taken over.
 *
 * @template T
 * @param {string} name a file name
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (pid: number) => void, signal?: AbortSignal }} [options] `onWait` is called once if another holds it
 * @returns {Promise<T>}
 */
export async function withLock(name, work, { onWait, signal } = {}) {
  const folder = path.join(cacheDir(), 'locks');
  mkdirSync(folder, { recursive: true });
  const lock = path.join(folder, name);
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (let told = false; !take(lock); told = true) {
    const owner = readOwner(lock);
    if (!told && owner !== undefined) onWait?.(owner);
    if (Date.now() > deadline) throw new Error(`${lock} has been held by process ${owner} for too long.`);
    await sleep(100, undefined, { signal });
  }
  held.add(lock);
  try {
    return await work();
  } finally {
    held.delete(lock);
    rmSync(lock, { force: true });
  }
}

/** Tries to become the owner; a lock left behind by a dead process is broken, to be had at the next try. */
function take(lock) {
  // A link appears with its content or not at all; a file that is created first and written second could be read empty.
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  const owner = readOwner(lock);
  if (owner !== undefined && !isHeld(lock, owner)) breakLock(lock, owner);
  return false;
}

/** A pid is given out again in time: a lock with our own pid that we do not hold is an old one. */
const isHeld = (lock, owner) => (owner === process.pid ? held.has(lock) : isAlive(owner));

function breakLock(lock, deadOwner) {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
    // Somebody else broke it first and this is already their lock: give it back.
    if (readOwner(aside) !== deadOwner) linkSync(aside, lock);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * A folder in the cache that is either complete or not there: it is filled beside its place and moved in with one
 * rename, and two processes that want it at once fill it once.
 *
 * @param {string} name what is in it
 * @param {(folder: string) => Promise<string | void>} fill returns the version of what it got
 * @param {{ version?: string, signal?: AbortSignal }} [options] the version if only one will do; else any that is there does
 * @returns {Promise<string>} the folder's path, which ends in the version
 */
export async function cached(name, fill, { version, signal } = {}) {
  const fillOnce = async () => {
    const filledMeanwhile = findCached(name, version);
    if (filledMeanwhile) return filledMeanwhile;
    // What a killed process has left behind; a child of it may still write there, so the new one has another name.
    for (const entry of readdirSync(cacheDir()).filter((entry) => entry.startsWith(`${name}.partial`)))
      rmSync(path.join(cacheDir(), entry), { recursive: true, force: true });
    const partial = path.join(cacheDir(), `${name}.partial${process.pid}`);
    mkdirSync(partial, { recursive: true });
    try {
      const folder = path.join(cacheDir(), `${name}@${(await fill(partial)) ?? version}`);
      renameSync(partial, folder);
      return folder;
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  };
  return findCached(name, version) ?? withLock(`${name}.lock`, fillOnce, { signal });
}

function findCached(name, version) {
  if (!existsSync(cacheDir())) return undefined;
  if (version) return [path.join(cacheDir(), `${name}@${version}`)].find((folder) => existsSync(folder));
  const versions = readdirSync(cacheDir()).filter((entry) => entry.startsWith(`${name}@`));
  const newest = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return newest && path.join(cacheDir(), newest);
}
