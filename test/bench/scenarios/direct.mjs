import { measuredLoad } from '../measure/measured-load.mjs';

const PAIRS = 100;

/** Direct chat of 100 pairs, both sides writing. */
export const direct = {
  name: 'direct',
  title: `direct chat, ${PAIRS} pairs`,

  async prepare({ fleet, target, people }) {
    const list = await people.pairs(PAIRS);
    await fleet.connect(
      target.crowd,
      list.map((person, index) => target.seat(person, { index })),
      { checkOrder: target.checkOrder },
    );
    // one of each pair after the other, so that a pair's messages are spread over time
    const order = [...list.keys()].sort((a, b) => (a % 2) - (b % 2) || a - b);
    return order.map((seat) => ({ seat, target: { toUserId: list[seat ^ 1].id }, copies: 1 }));
  },

  async measure({ fleet, target, log, quick }, senders) {
    const figures = {};
    for (const rate of quick ? [200] : [500, 1000]) {
      const one = await measuredLoad(fleet, target, { senders, rate, seconds: quick ? 2 : 4 });
      log(describe(target, one));
      figures[rate] = one;
    }
    return figures;
  },
};

function describe(target, { offered, achieved, ack, endToEnd, serverCpuS, databaseCpuS, generator }) {
  return (
    `${target.name} at ${offered}/s: ${achieved} acked/s, ack ${ack.p50} / ${ack.p99} ms, ` +
    `end to end ${endToEnd.p50} / ${endToEnd.p99} ms, CPU ${serverCpuS} + ${databaseCpuS} s a 1,000, ` +
    `generator ${generator.cpuUsPerMessage} µs, busiest ${generator.busiest}`
  );
}
