import { fileURLToPath } from 'node:url';
import { spawnApp, waitForHttp } from '../../tools/lib/processes.mjs';
import { freePorts } from '../../tools/lib/services/ports.mjs';
import { Fleet } from './generator/fleet.mjs';
import { SeqLedger } from './generator/seq-ledger.mjs';
import { measuredLoad } from './measure/measured-load.mjs';

const ENTRY = fileURLToPath(new URL('reference/faulty.mjs', import.meta.url));
const MANY = 1_000_000;
const PLAN = { rate: 200, seconds: 0.5, warmUpS: 0, patienceMs: 400 };

/** What a server may do wrong, and what a run must say of it. */
const FAULTS = {
  none: undefined,
  hole: /numbers from/,
  repeated: /copies came instead|numbers from/,
  swapped: /out of order/,
  lost: /copies came instead/,
  refused: /refused: forbidden/,
  silent: /never answered/,
  close: /closed 1 connections/,
};

/**
 * A check that cannot fail is none: drives a server that does one thing wrong, for each such thing.
 *
 * @returns {Promise<string[]>} the faults that went unnoticed, and false alarms
 */
export async function selfCheck() {
  const results = await Promise.all(Object.entries(FAULTS).map(([fault, expected]) => check(fault, expected)));
  return [...results.flat(), ...checkLedger()];
}

/** More messages of one conversation than a run sends: nothing is amiss, or one that was acked is pushed instead of another. */
function checkLedger() {
  const [whole, broken] = [false, true].map((wrong) => {
    const ledger = new SeqLedger();
    for (let seq = 51; seq < MANY; seq += 2) {
      ledger.acked('crowd', seq);
      ledger.pushed('crowd', wrong && seq === MANY - 99 ? seq : seq + 1);
    }
    return ledger.problems();
  });
  return [
    ...whole.map((problem) => `Self-check: a false alarm: ${problem}`),
    ...(broken.length === 0 ? ['Self-check: one of many that came twice instead of another went unnoticed'] : []),
  ];
}

async function check(fault, expected) {
  const found = await problemsWith(fault);
  if (!expected) return found.map((problem) => `Self-check: a false alarm: ${problem}`);
  return found.some((problem) => expected.test(problem)) ? [] : [`Self-check: ${fault} went unnoticed (${found})`];
}

async function problemsWith(fault) {
  const [port] = await freePorts(1);
  const app = spawnApp({ name: 'faulty', entry: ENTRY, env: { PORT: String(port), FAULT: fault } });
  const fleet = await Fleet.start();
  try {
    const url = `http://127.0.0.1:${port}`;
    await waitForHttp(`${url}/`, { app });
    // two people who write to each other, so that pushes and acks have to fit together
    await fleet.connect('pair', [
      { url, auth: { token: 'ann' } },
      { url, auth: { token: 'ben' } },
    ]);
    const senders = ['ben', 'ann'].map((toUserId, seat) => ({ seat, target: { toUserId }, copies: 1 }));
    const target = { name: fault, crowd: 'pair', pids: { server: [app.pid], database: [] } };
    const { problems } = await measuredLoad(fleet, target, { ...PLAN, senders });
    return [...problems, ...(await fleet.problems('pair'))];
  } finally {
    await fleet.stop();
    await app.stop();
  }
}
