// A worker process of the generator: holds connections and sends on a schedule. It takes commands from fleet.mjs.
import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from '../measure/latency.mjs';
import { sharedClock } from '../measure/clock.mjs';
import { catchUp } from './catch-up.mjs';
import { Connection } from './connection.mjs';
import { Recorder } from './recorder.mjs';

const OPENING_AT_ONCE = 50;

let clock;
/** crowd → seat → connection */
const crowds = new Map();
/** Of the load that runs, or ran last. */
let recorder;

const commands = {
  start: ({ origin }) => {
    clock = sharedClock(BigInt(origin));
  },

  now: () => clock(),

  /** Opens connections; resolves with the time each took, in ms. */
  connect: async ({ crowd, seats, checkOrder }) => {
    const connections = crowds.get(crowd) ?? new Map();
    crowds.set(crowd, connections);
    const times = [];
    let next = 0;
    const lane = async () => {
      while (next < seats.length) {
        const { seat, url, auth } = seats[next++];
        const connection = new Connection({ url, auth, clock, checkOrder });
        connections.set(seat, connection);
        const begun = clock();
        await connection.open();
        times.push(clock() - begun);
      }
    };
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, lane));
    return times;
  },

  /** Counts anew from here on. On all workers before any of them sends, since their messages cross. */
  arm: ({ crowd }) => {
    recorder = new Recorder();
    for (const connection of crowds.get(crowd).values()) connection.recorder = recorder;
  },

  /** Sends on schedule, waits for the acks (at most `patienceMs`), and resolves with what is known then. */
  load: async ({ crowd, sends, run, rate, total, startAt, from, until, patienceMs }) => {
    const connections = crowds.get(crowd);
    Object.assign(recorder, { from, until });
    const begun = process.cpuUsage();
    const sent = await sendOnSchedule(connections, { sends, run, rate, total, startAt });
    const sendersDone = () => sends.list.every(({ seat }) => connections.get(seat).pending === 0);
    for (const deadline = clock() + patienceMs; clock() < deadline && !sendersDone();) await sleep(10);
    return { sent, ok: recorder.ok, refusals: recorder.refusals, cpu: process.cpuUsage(begun) };
  },

  received: () => recorder.received,

  /** The last load's figures, when all that was to come has come. */
  result: () => {
    const { ack, endToEnd, ...counts } = recorder;
    return { ...counts, ack: encode(ack), endToEnd: encode(endToEnd) };
  },

  problems: ({ crowd }) =>
    [...(crowds.get(crowd)?.values() ?? [])].flatMap((connection) => connection.ledger?.problems() ?? []).slice(0, 20),

  /** The last number that each seat has seen of each conversation. */
  ends: ({ crowd }) =>
    [...crowds.get(crowd)].flatMap(([seat, { ledger }]) =>
      [...ledger.ends()].map(([conversation, lastSeq]) => ({ seat, conversation, lastSeq })),
    ),

  /** See catch-up.mjs. */
  catchUp: ({ crowd, readers }) => {
    const connections = crowds.get(crowd) ?? new Map();
    crowds.set(crowd, connections);
    return catchUp(connections, readers, clock);
  },

  /** Opens anew whatever the server has closed. */
  reconnect: async ({ crowd }) => {
    const closed = [...crowds.get(crowd).values()].filter((connection) => connection.closed);
    await Promise.all(closed.map((connection) => connection.open()));
  },

  /** Fails unless every connection answers. */
  ping: async ({ crowd }) => {
    await Promise.all([...crowds.get(crowd).values()].map((connection) => connection.ping()));
  },

  pause: ({ crowd, seats }) => seats.forEach((seat) => crowds.get(crowd).get(seat).pause()),

  resume: ({ crowd, seats }) => seats.forEach((seat) => crowds.get(crowd).get(seat).resume()),

  close: ({ crowd }) => {
    for (const connection of crowds.get(crowd)?.values() ?? []) connection.close();
    crowds.delete(crowd);
  },
};

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, result: await commands[command](args) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));

/**
 * Message k of all is due at `startAt + k / rate` and goes out from sender k mod n. This worker has some of the senders
 * (`list`, with their places `at` among all `of`), so it knows by arithmetic when its next message is due.
 */
function sendOnSchedule(connections, { sends: { list, of }, run, rate, total, startAt }) {
  const own = list.map(({ seat, target, at }) => ({ connection: connections.get(seat), target, at }));
  let sent = 0;
  const numberOf = (n) => Math.floor(n / own.length) * of + own[n % own.length].at;
  return new Promise((resolve) => {
    const tick = () => {
      const now = clock();
      for (;;) {
        const k = own.length === 0 ? total : numberOf(sent);
        if (k >= total) return resolve(sent);
        const due = startAt + (k * 1000) / rate;
        if (due > now) {
          // timers are no finer than a millisecond; whatever is due by then leaves together
          setTimeout(tick, Math.max(1, Math.floor(due - now)));
          return;
        }
        const { connection, target } = own[sent % own.length];
        connection.send(target, `${run}-${k}`, due);
        sent++;
      }
    };
    tick();
  });
}
