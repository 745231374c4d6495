import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { waitUntil } from '../wait.mjs';
import { forget, guard } from '../watchdog.mjs';

const STOP_TIMEOUT_MS = 8_000;

/**
 * @typedef {object} ServerSpec
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env] added to this process's own
 * @property {string} logFile receives stdout and stderr
 * @property {() => Promise<unknown>} ping resolves when the server answers a client
 * @property {number} [timeoutMs] how long a start may take
 * @property {(line: string) => void} log
 */

/** A server process that can be killed and started again on the same port and data. */
export class Server {
  #spec;
  #child;
  #exited = Promise.resolve();
  #alive = false;
  #expectedToDie = false;

  /** @param {ServerSpec} spec */
  constructor(spec) {
    this.#spec = spec;
  }

  get name() {
    return this.#spec.name;
  }

  /** The pid of the running process, or of the last one. */
  get pid() {
    return this.#child?.pid;
  }

  /** Resolves with `{ code, signal }` when the present process has ended. */
  get exited() {
    return this.#exited;
  }

  /** Starts the process and waits until it answers. */
  async start(signal) {
    this.#spawn();
    const { name, ping, timeoutMs = 60_000 } = this.#spec;
    const ready = async () => {
      if (!this.#alive) return 'dead';
      await ping();
      return 'ready';
    };
    const state = await waitUntil(ready, { what: `${name} to answer`, timeoutMs, signal }).catch((error) => {
      throw signal?.aborted ? error : new Error(`${error.message}\n${this.#lastLines()}`);
    });
    if (state === 'dead') throw new Error(`${name} ended while it was starting:\n${this.#lastLines()}`);
  }

  /** Sends a signal; whoever sends it knows, so the death that follows is not reported. */
  kill(signal = 'SIGKILL') {
    if (!this.#alive) return false;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#expectedToDie = true;
    return this.#child.kill(signal);
  }

  /** Ends it if it still runs, starts it again on the same port and data, and waits until it answers. */
  async restart() {
    await this.stop();
    await this.start();
  }

  /** SIGTERM, and SIGKILL when that was not enough. */
  async stop(timeoutMs = STOP_TIMEOUT_MS) {
    if (!this.#alive) return;
    this.kill('SIGTERM');
    this.kill('SIGCONT'); // a process stopped by a test would not see the SIGTERM
    const timer = setTimeout(() => this.kill('SIGKILL'), timeoutMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #spawn() {
    const { name, command, args, env, logFile, log } = this.#spec;
    const output = openSync(logFile, 'a');
    // A group of its own: the terminal's Ctrl-C is for us, who stop the servers after their clients.
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
      detached: true,
    });
    closeSync(output);
    this.#child = child;
    this.#alive = true;
    this.#expectedToDie = false;
    if (child.pid) guard(child.pid);
    this.#exited = new Promise((resolve) => {
      const end = (code, signal) => {
        this.#alive = false;
        if (child.pid) forget(child.pid);
        if (!this.#expectedToDie) log(`${name} ended (${signal ?? code})`);
        resolve({ code, signal });
      };
      child.once('exit', end);
      child.once('error', (error) => end(error.code, null));
    });
  }

  #lastLines() {
    return readFileSync(this.#spec.logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  }
}
