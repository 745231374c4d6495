import { residentBytes } from '../measure/cpu.mjs';
import { measuredLoad } from '../measure/measured-load.mjs';
import { atOnce } from '../people.mjs';
import { compare, row, spread } from '../report/rows.mjs';
import { connectPairs } from './direct.mjs';
import { COARSE, ramp, warmUp } from './ramp.mjs';

const PAIRS = 100;
const SECONDS = 5;
const SAMPLE_MS = 200;
/** One in ten has a network that hangs. */
const isStalled = (seat) => seat % 10 === 1;

/** Twice what it can take, with readers who do not read. Goal 10. */
export const overload = {
  name: 'overload',
  title: 'twice the knee, a tenth of the readers stalled',

  async prepare(context) {
    const senders = await connectPairs(context, PAIRS);
    await warmUp(context, { senders });
    return { senders };
  },

  async measure(context, state) {
    const { fleet, target, people, log, problems } = context;
    const knee = await ramp(context, state, COARSE);
    if (!knee) return {};
    const { load, stalled, grownMiB } = await context.turn(() => loadTwice(context, state, knee.offered));
    problems.push(...load.problems);
    const goodput = load.achieved / knee.achieved;
    const resync = target.name === 'R' ? undefined : await resynced({ fleet, target, people }, stalled, problems);
    // those who were dropped come back for the next round
    await fleet.reconnect(target.crowd);
    log(
      `  ${target.name} at ${load.offered}/s: ${load.achieved} of ${knee.achieved} acked/s, RSS + ${grownMiB} MiB, ` +
        `refused ${JSON.stringify(load.refusals)}, dropped ${load.closures}${resync === undefined ? '' : `, ${resync} resynced`}`,
    );
    return { knee, load, goodput, grownMiB, stalled: stalled.length, resynced: resync };
  },

  rows(rounds) {
    const goodput = compare(rounds, (one) => one.goodput);
    const memory = compare(rounds, (one) => one.grownMiB);
    const resynced = spread(rounds, ({ Dunlin }) => Dunlin.resynced / Dunlin.stalled);
    return [
      row({
        goal: 10,
        what: 'goodput at twice the knee, as a share of the knee',
        wanted: '≥ 0.9',
        ...goodput,
        judged: goodput.own,
        atLeast: 0.9,
      }),
      row({
        goal: 10,
        what: 'RSS growth meanwhile, MiB',
        wanted: '≤ 64',
        ...memory,
        ratio: undefined,
        judged: memory.own,
        atMost: 64,
      }),
      row({
        goal: 10,
        what: 'share of the stalled readers who have all afterwards',
        wanted: '1',
        own: resynced,
        judged: resynced,
        atLeast: 1,
      }),
    ];
  },
};

async function loadTwice({ fleet, target }, { senders }, kneeRate) {
  const stalled = senders.map(({ seat }) => seat).filter(isStalled);
  const reading = senders.filter(({ seat }) => !isStalled(seat));
  await fleet.pause(target.crowd, stalled);
  const watch = watchMemory(target.pids.server);
  const plan = { senders: reading, rate: 2 * kneeRate, seconds: SECONDS, expectAll: false };
  const load = await measuredLoad(fleet, target, plan, { mayRefuse: true, mayClose: true });
  const grownMiB = watch.stop();
  await fleet.resume(target.crowd, stalled);
  return { load, stalled, grownMiB };
}

/** How many of the stalled readers can fetch their conversation from its first message to its last. */
async function resynced({ fleet, target, people }, seats, problems) {
  const list = await people.pairs(PAIRS);
  const readers = [];
  await atOnce(4, seats, async (seat) => {
    const body = { userId: list[seat ^ 1].id };
    const { id } = await people.http(list[seat], 'POST', '/conversations/direct', body);
    readers.push({ ...target.seat(list[seat], { index: seat }), conversation: id, afterSeq: 0 });
  });
  const crowd = `${target.crowd} resync`;
  const result = await fleet.catchUp(crowd, readers);
  await fleet.close(crowd);
  problems.push(...result.problems);
  return readers.length - result.problems.length;
}

function watchMemory(pids) {
  const before = residentBytes(pids);
  let highest = before;
  const sample = () => (highest = Math.max(highest, residentBytes(pids)));
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return Math.round((highest - before) / 2 ** 20);
    },
  };
}
