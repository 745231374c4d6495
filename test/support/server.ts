import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface SharedServer {
  kind: 'monolith' | 'split';
  folder: string;
  gateways: string[];
  /** Of its processes, by name. */
  pids: Record<string, number>;
  jwtSecret: string;
}

let found: SharedServer | undefined;

/** The server that all files of a run share; global-setup.mjs started it. */
export function sharedServer(): SharedServer {
  const file = process.env['DUNLIN_E2E_SERVER'];
  if (!file) throw new Error('No server: run the suite as the Jest project e2e');
  found ??= JSON.parse(readFileSync(file, 'utf8')) as SharedServer;
  return found;
}

/** What the server complained of by itself: errors in its log, an app that ended. */
export const troubles = (): string[] => {
  const expected = linesOf('expected-troubles.log').map((source) => new RegExp(source));
  const all = linesOf('troubles.log').map((line) => JSON.parse(line) as string);
  return all.filter((what) => !expected.some((pattern) => pattern.test(what)));
};

/** What the test is about to make the server complain of, rightly. */
export const expectTrouble = ({ source }: RegExp): void =>
  appendFileSync(join(sharedServer().folder, 'expected-troubles.log'), `${source}\n`);

const used = new Set<string>();

/** Notes that a route or event was used and worked. Only once a file, since files may run in processes of their own. */
export function noteUse(kind: 'route' | 'sent' | 'received', name: string): void {
  const line = `${kind} ${name}`;
  if (used.has(line) || !process.env['DUNLIN_E2E_SERVER']) return;
  used.add(line);
  appendFileSync(join(sharedServer().folder, 'used.log'), `${line}\n`);
}

/** All that {@link noteUse} noted in any file of this run. */
export function uses(kind: 'route' | 'sent' | 'received'): string[] {
  const lines = linesOf('used.log').filter((line) => line.startsWith(`${kind} `));
  return [...new Set(lines.map((line) => line.slice(kind.length + 1)))];
}

export const noteFileDone = (name: string): void =>
  appendFileSync(join(sharedServer().folder, 'done.log'), `${name}\n`);
export const filesDone = (): string[] => linesOf('done.log');

function linesOf(name: string): string[] {
  const file = join(sharedServer().folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
