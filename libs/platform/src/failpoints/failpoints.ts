import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Where a process may be told to die, wait or fail, in the order of a message's way. docs/reliability.md shows them. */
export const FAILPOINTS = [
  'gateway.received',
  'gateway.checked',
  'storage.before-begin',
  'log.between-inserts',
  'storage.before-commit',
  'storage.after-commit',
  'log.published',
  'kafka.before-offset-commit',
  'gateway.fan-out',
  'app.stopping',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

export interface ArmedFailpoint {
  name: Failpoint;
  /** `kill` is a SIGKILL to oneself. */
  action: 'kill' | 'throw' | { sleepMs: number };
  /** Times that it is passed unharmed before. It acts once. */
  after: number;
  /** Gets the name in a line before the action, so that a point which was never reached is noticed. */
  hits?: string;
}

const armed = new Map<Failpoint, ArmedFailpoint>();

/** For this process, from here on. */
export function armFailpoints(points: readonly ArmedFailpoint[]): void {
  armed.clear();
  for (const point of points) armed.set(point.name, { ...point });
}

/** @throws Error when it is armed to */
export function failpoint(name: Failpoint): Promise<unknown> | undefined {
  if (armed.size === 0) return undefined;
  const sleepMs = strike(name);
  return sleepMs === undefined ? undefined : delay(sleepMs);
}

/** The same where nothing can wait: to sleep stops the whole thread. */
export function failpointSync(name: Failpoint): void {
  if (armed.size === 0) return;
  const sleepMs = strike(name);
  if (sleepMs !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sleepMs);
}

/** For a chain of promises: passes a value on. */
export const passing =
  (name: Failpoint) =>
  <T>(value: T): T | Promise<T> => {
    const wait = failpoint(name);
    return wait === undefined ? value : wait.then(() => value);
  };

function strike(name: Failpoint): number | undefined {
  const point = armed.get(name);
  if (!point || point.after-- > 0) return undefined;
  armed.delete(name);
  if (point.hits !== undefined) appendFileSync(point.hits, `${name}\n`);
  if (point.action === 'kill') process.kill(process.pid, 'SIGKILL');
  if (point.action === 'throw') throw new Error(`Failpoint ${name}`);
  return typeof point.action === 'object' ? point.action.sleepMs : undefined;
}

const ONE = /^([\w.-]+):(kill|throw|sleep=\d{1,6})(?::(\d{1,6}))?$/;

/** `name:action[:after]`, several separated by commas, then perhaps `@` and the file for the hits. */
export function parseFailpoints(text: string): ArmedFailpoint[] {
  const [, list = '', hits] = /^([^@]*)(?:@(.+))?$/.exec(text) ?? [];
  return list.split(',').map((item) => {
    const [, name, action = '', after = '0'] = ONE.exec(item.trim()) ?? [];
    const known = FAILPOINTS.find((point) => point === name);
    if (!known) throw new Error('refused');
    const what = action === 'kill' || action === 'throw' ? action : { sleepMs: Number(action.slice('sleep='.length)) };
    return { name: known, action: what, after: Number(after), ...(hits === undefined ? {} : { hits }) };
  });
}
