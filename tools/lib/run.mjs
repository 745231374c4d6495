import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * Runs a command to its end and returns what it printed (stdout and stderr together).
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, inherit?: boolean, shell?: boolean }} [options]
 *   `inherit` shows the output instead of collecting it; aborting `signal` ends the command
 * @returns {Promise<string>}
 * @throws Error with the command and the end of its output when it fails; `output` on it is all of it
 */
export function run(command, args, { cwd = root, env = process.env, signal, inherit = false, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const output = [];
    const stdio = inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env, signal, stdio, shell });
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code, killer) => {
      const text = Buffer.concat(output).toString();
      if (code === 0) return resolve(text);
      const failure = new Error(`${[command, ...args].join(' ')} failed (${killer ?? code})\n${text.slice(-4000)}`.trim());
      reject(Object.assign(failure, { output: text, code }));
    });
  });
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
