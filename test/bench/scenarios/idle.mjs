import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../measure/cpu.mjs';
import { compare, row, spread } from '../report/rows.mjs';

const PEOPLE = 200;
const CONNECTIONS = { usual: 2000, full: 10_000 };
// these use up what memory the start left free, and load what is loaded lazily: the others count
const FIRST = 500;
// what a connection leaves behind at its opening is gone after that
const SETTLE_MS = 2000;

/** Connections that do nothing: how long until all are signed in, and what one takes. Goal 7. */
export const idle = {
  name: 'idle',
  title: 'idle connections',

  // people with many devices: signing 10,000 people up would take longer than all else
  prepare: async ({ people }) => ({ people: await people.first(PEOPLE) }),

  measure: (context, state) => context.turn(() => connectMany(context, state)),

  rows(rounds) {
    const { count } = rounds[0].Dunlin;
    const held = spread(rounds, () => count);
    const time = compare(rounds, (one) => one.tookMs / 1000);
    const memory = compare(rounds, (one) => one.kibEach);
    return [
      row({
        goal: 7,
        what: `${count.toLocaleString('en')} connect and sign in, s`,
        wanted: '≤ 2 × R',
        ...time,
        judged: time.ratio,
        atMost: 2,
      }),
      row({
        goal: 7,
        what: 'RSS a connection, KiB',
        wanted: '≤ 1.25 × R',
        ...memory,
        judged: memory.ratio,
        atMost: 1.25,
      }),
      row({
        goal: 7,
        what: 'connections held',
        wanted: '10,000',
        own: held,
        // fewer are not less than it can hold, but than it was asked to
        judged: count === CONNECTIONS.full ? held : undefined,
        atLeast: CONNECTIONS.full,
      }),
    ];
  },
};

async function connectMany({ fleet, target, log, full }, { people }) {
  const count = full ? CONNECTIONS.full : CONNECTIONS.usual;
  // memory is only comparable in a fresh process
  await target.restart();
  const seats = (n) => Array.from({ length: n }, (_, index) => target.seat(people[index % PEOPLE], { index }));
  await fleet.connect(target.crowd, seats(FIRST));
  await sleep(SETTLE_MS);
  const before = residentBytes(target.pids.gateways);
  const { tookMs } = await fleet.connect(target.crowd, seats(count), { first: FIRST });
  await sleep(SETTLE_MS);
  const kibEach = (residentBytes(target.pids.gateways) - before) / count / 1024;
  await fleet.ping(target.crowd);
  await fleet.close(target.crowd);
  await sleep(SETTLE_MS);
  log(`  ${target.name}: ${count} connected in ${Math.round(tookMs)} ms, ${kibEach.toFixed(1)} KiB each`);
  return { count, tookMs, kibEach };
}
