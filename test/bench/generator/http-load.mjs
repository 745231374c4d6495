import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuMs } from '../measure/cpu.mjs';

const ENTRY = fileURLToPath(new URL('http-worker.mjs', import.meta.url));

/**
 * `clients` that each ask again when they have their answer, round the requests.
 *
 * @param {{ url: string, requests: { path: string, method?: string, headers?: object, body?: Buffer }[], clients: number, seconds: number }} plan
 * @param {{ pids: number[], wanted?: number }} target whose CPU time is counted, and the status that is right
 */
export async function httpLoad({ requests, ...plan }, { pids, wanted = 200, what }) {
  const before = cpuMs(pids);
  const child = fork(ENTRY);
  const encoded = requests.map((request) => ({ ...request, body: request.body?.toString('base64') }));
  const result = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`The HTTP worker ended (${code})`)));
    child.send({ ...plan, requests: encoded });
  });
  const wrong = Object.entries(result.statuses).filter(([status]) => status !== String(wanted));
  return {
    ...result,
    perSecond: Math.round((result.statuses[wanted] ?? 0) / plan.seconds),
    cpuMsPerRequest: (cpuMs(pids) - before) / result.count,
    problems: wrong.map(([status, count]) => `${what}: ${count} answers are ${status}`),
  };
}
