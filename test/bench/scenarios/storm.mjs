import { Fleet } from '../generator/fleet.mjs';
import { atOnce } from '../people.mjs';
import { row, spread } from '../report/rows.mjs';
import { atRate } from './ramp.mjs';

const MISSED = 100;
const MISSED_RATE = 1500;
const CLIENTS = { usual: 200, full: 1000 };
const LIVE_PAIRS = 10;
const LIVE = { rate: 400, seconds: 1, warmUpS: 1 };

/** Many come back at once, each having missed 100 messages, while others go on. Goal 8; R stores nothing to miss. */
export const storm = {
  name: 'storm',
  title: `a reconnect storm, ${MISSED} missed messages each`,
  withoutReference: true,

  async prepare(context) {
    const { fleet, target, people, full } = context;
    const count = full ? CLIENTS.full : CLIENTS.usual;
    const list = await people.pairs(LIVE_PAIRS + count);
    const seat = (index) => target.seat(list[index], { index });
    const live = Array.from({ length: 2 * LIVE_PAIRS }, (_, index) => index);
    const writing = Array.from({ length: count }, (_, n) => 2 * (LIVE_PAIRS + n));
    await fleet.connect(target.crowd, live.map(seat));
    await fleet.connect(target.crowd, writing.map(seat), { first: live.length });

    // the other of each pair is away
    const sleepers = [];
    await atOnce(4, writing, async (index) => {
      const body = { userId: list[index].id };
      const { id, lastSeq } = await people.http(list[index + 1], 'POST', '/conversations/direct', body);
      sleepers.push({ ...seat(index + 1), conversation: id, afterSeq: lastSeq, expected: MISSED });
    });
    const senders = writing.map((index, n) => ({
      seat: live.length + n,
      target: { toUserId: list[index + 1].id },
      copies: 0,
    }));
    const seconds = (count * MISSED) / MISSED_RATE;
    await atRate(context, { senders }, { rate: MISSED_RATE, seconds, warmUpS: 0 });
    const liveSenders = live.map((n) => ({ seat: n, target: { toUserId: list[n ^ 1].id }, copies: 1 }));
    return { sleepers, live: { senders: liveSenders } };
  },

  async measure(context, { sleepers, live }) {
    const { log, problems } = context;
    const calm = await atRate(context, live, LIVE);
    // processes of their own: reading the history must not slow the live clients, which share nothing with it
    const returning = await Fleet.start({ workers: 1 });
    try {
      const meanwhile = atRate(context, live, LIVE);
      await new Promise((resolve) => setTimeout(resolve, LIVE.warmUpS * 1000));
      const reconnect = await returning.catchUp('returning', sleepers);
      const during = await meanwhile;
      // once more by those who are connected by now: the fetching alone
      const fetch = await returning.catchUp('returning', sleepers);
      problems.push(...reconnect.problems, ...fetch.problems);
      log(
        `  ${sleepers.length} back: in sync after ${reconnect.tookMs} ms, fetching alone ${fetch.tookMs} ms; ` +
          `live ack p99 ${calm.ack.p99} → ${during.ack.p99} ms`,
      );
      return { count: sleepers.length, reconnectMs: reconnect.tookMs, fetchMs: fetch.tookMs, calm, during };
    } finally {
      await returning.stop();
    }
  },

  rows(rounds) {
    const { count } = rounds[0].Dunlin;
    const limit = count > CLIENTS.usual ? 2.5 : 0.4;
    const back = spread(rounds, ({ Dunlin }) => Dunlin.reconnectMs / 1000);
    const worse = spread(rounds, ({ Dunlin }) => Dunlin.during.ack.p99 / Dunlin.calm.ack.p99);
    return [
      row({
        goal: 8,
        what: `${count} reconnect and fetch ${MISSED} missed messages each, s`,
        wanted: `≤ ${limit} s`,
        own: back,
        judged: back,
        atMost: limit,
      }),
      row({ goal: 8, what: 'the fetching alone, s', own: spread(rounds, ({ Dunlin }) => Dunlin.fetchMs / 1000) }),
      row({
        goal: 8,
        what: 'live ack p99 meanwhile, as a multiple of before',
        wanted: '≤ 2 ×',
        own: worse,
        judged: worse,
        atMost: 2,
      }),
    ];
  },
};
