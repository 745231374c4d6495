// What is done to processes besides killing them.
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromRoot } from '../../../tools/lib/paths.mjs';
import { expect, waitForAck } from './outcome.mjs';
import { outage } from './services.mjs';

const HOUR_MS = 3_600_000;

export const processFaults = [
  {
    name: 'a rolling restart by SIGTERM',
    short: true,
    outcome: 'every process ends with code 0, and sends are acked after each',
    during: rollingRestart,
  },
  {
    name: 'a process paused for 30 s',
    outcome: 'when it goes on, sends are acked again, and what it was at when it stopped is there once',
    during: pauseProcesses,
  },
  {
    name: 'a clock an hour slow',
    outcome: 'sends are acked; their order is that of the seqs',
    during: (session) => otherClock(session, -HOUR_MS),
  },
  {
    name: 'a clock an hour fast',
    outcome: 'sends are acked in one process; in the split requests time out, and none is carried out late',
    during: (session) => otherClock(session, HOUR_MS),
  },
];

async function rollingRestart({ topology, recorder }) {
  const endedAfterMs = [];
  for (const name of topology.names) {
    await sleep(700);
    recorder.fault(`SIGTERM ${name}`, 'begin');
    const begun = performance.now();
    const { code, signal } = await topology.stopApp(name);
    endedAfterMs.push(Math.round(performance.now() - begun));
    await topology.restart(name);
    recorder.fault(`SIGTERM ${name}`, 'end');
    expect(code === 0, `${name} ends with code 0 (${signal ?? code} after ${endedAfterMs.at(-1)} ms)`);
    await waitForAck(recorder);
  }
  return { endedAfterMs };
}

/** The one that writes; all of it where there is one process. */
const writerOf = ({ names }) => (names.includes('message') ? 'message' : names[0]);

function pauseProcesses(session) {
  const { topology } = session;
  const name = writerOf(topology);
  return outage(session, `${name} paused`, {
    breakIt: () => topology.kill(name, 'SIGSTOP'),
    healIt: () => topology.kill(name, 'SIGCONT'),
    ms: 30_000,
    acksMeanwhile: false,
  });
}

async function otherClock({ topology, recorder }, shiftMs) {
  const name = writerOf(topology);
  const file = pathToFileURL(fromRoot('test/consistency/faults/shift-clock.mjs')).href;
  const env = { NODE_OPTIONS: `--import=${file}`, CLOCK_SHIFT_MS: String(shiftMs) };
  await topology.stopApp(name);
  recorder.fault(`clock of ${name} ${shiftMs} ms`, 'begin');
  await topology.restart(name, env);
  const tellsOthers = topology.names.length > 1 && shiftMs > 0;
  const since = recorder.now;
  const ackedAfterMs = await waitForAck(recorder, { timeoutMs: 12_000 }).catch(() => undefined);
  await sleep(3000);
  if (!tellsOthers) expect(ackedAfterMs !== undefined, 'sends are acked');
  else expect(ackedAfterMs === undefined, 'requests that look late are not carried out');
  await topology.stopApp(name);
  await topology.restart(name);
  recorder.fault(`clock of ${name} ${shiftMs} ms`, 'end');
  await waitForAck(recorder);
  return { ackedAfterMs, wrongForMs: Math.round(recorder.now - since) };
}
