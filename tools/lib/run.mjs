import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { forget, guard } from './watchdog.mjs';

/**
 * Runs a command to its end and returns what it printed (stdout and stderr together).
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, inherit?: boolean, shell?: boolean }} [options]
 *   `inherit` shows the output instead of collecting it; aborting `signal` kills the command and all that it started
 * @returns {Promise<string>}
 * @throws Error with the command and the end of its output when it fails; `output` on it is all of it
 */
export async function run(
  command,
  args,
  { cwd = root, env = process.env, signal, inherit = false, shell = false } = {},
) {
  signal?.throwIfAborted();
  const output = [];
  const stdio = inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  // A group of its own, so that what it starts ends with it.
  const child = spawn(command, args, { cwd, env, stdio, shell, detached: process.platform !== 'win32' });
  if (child.pid) guard(child.pid);
  const kill = () => child.pid && killGroup(child.pid);
  signal?.addEventListener('abort', kill);
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killer) => {
      signal?.removeEventListener('abort', kill);
      if (child.pid) forget(child.pid);
      const text = Buffer.concat(output).toString();
      if (signal?.aborted) return reject(signal.reason);
      if (code === 0) return resolve(text);
      const line = [command, ...args].join(' ');
      const shown = line.length > 200 ? `${line.slice(0, 200)} …` : line;
      const failure = new Error(`${shown} failed (${killer ?? code})\n${text.slice(-4000)}`.trim());
      reject(Object.assign(failure, { output: text, code }));
    });
  });
}

/** SIGKILL to a process that was spawned detached and to its children. */
function killGroup(pid) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** The path of a program on PATH, or undefined. */
export function which(program, extraFolders = []) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...extraFolders];
  return folders.map((folder) => path.join(folder, program)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
