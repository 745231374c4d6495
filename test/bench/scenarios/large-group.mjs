import { compare, row } from '../report/rows.mjs';
import { connectGroup } from './group.mjs';
import { atRate, warmUp } from './ramp.mjs';

const MEMBERS = 1000;
const SENDERS = 10;
const BURST = { messages: 200, rate: 4000 };
const CALM = { rate: 5, seconds: 4 };

/** A burst into a group of 1,000, and what a single message costs there. Goal 4. */
export const largeGroup = {
  name: 'large-group',
  title: `a group of ${MEMBERS}`,

  async prepare(context) {
    const senders = await connectGroup(context, { size: MEMBERS, writing: SENDERS });
    await warmUp(context, { senders }, 20);
    return { senders };
  },

  async measure(context, state) {
    const calm = await atRate(context, state, CALM);
    const seconds = BURST.messages / BURST.rate;
    const burst = await atRate(context, state, { rate: BURST.rate, seconds, warmUpS: 0 });
    // from the first send to the last copy
    return { calm, burst, burstDeliveriesPerSecond: (burst.deliveries / burst.drainedMs) * 1000 };
  },

  rows(rounds) {
    const deliveries = compare(rounds, (one) => one.burstDeliveriesPerSecond);
    const delay = compare(rounds, (one) => one.calm.endToEnd.p50);
    return [
      row({
        goal: 4,
        what: `group of 1,000: burst of ${BURST.messages}, deliveries/s`,
        wanted: '≥ 2 × R',
        ...deliveries,
        judged: deliveries.ratio,
        atLeast: 2,
      }),
      row({
        goal: 4,
        what: 'group of 1,000: end to end p50 of single messages, ms',
        wanted: '≤ R + 5 ms',
        ...delay,
        judged: delay.difference,
        atMost: 5,
      }),
    ];
  },
};
