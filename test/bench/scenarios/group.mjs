import { compare, row } from '../report/rows.mjs';
import { atRate, COARSE, ramp, warmUp } from './ramp.mjs';

const MEMBERS = 50;
const SENDERS = 10;
const FIRST_RATE = 1500;

/** A hot group: 50 members, 10 of them writing. Goal 3. */
export const group = {
  name: 'group',
  title: `a group of ${MEMBERS}, ${SENDERS} of them writing`,

  async prepare(context) {
    const senders = await connectGroup(context, { size: MEMBERS, writing: SENDERS });
    await warmUp(context, { senders }, 100);
    return { senders };
  },

  async measure(context, state) {
    if (context.quick) return { 50: await atRate(context, state, { rate: 50, seconds: 2 }) };
    return { knee: await ramp(context, state, COARSE, FIRST_RATE) };
  },

  rows(rounds, { quick }) {
    if (quick)
      return [row({ goal: 3, what: 'group of 50 at 50/s: ack p99, ms', ...compare(rounds, (one) => one[50].ack.p99) })];
    const deliveries = compare(rounds, (one) => one.knee.deliveriesPerSecond);
    return [
      row({
        goal: 3,
        what: 'group of 50, 10 senders: deliveries/s at the knee',
        wanted: '≥ 1.5 × R',
        ...deliveries,
        judged: deliveries.ratio,
        atLeast: 1.5,
      }),
      row({ goal: 3, what: 'its sends/s', ...compare(rounds, (one) => one.knee.achieved) }),
    ];
  },
};

/** Connects all members of a group; resolves with those who write. */
export async function connectGroup({ fleet, target, people }, { size, writing }) {
  const { id, members } = await people.group(size);
  await fleet.connect(
    target.crowd,
    members.map((person, index) => target.seat(person, { index, groups: [{ id }] })),
    { checkOrder: target.checkOrder },
  );
  // the sender's own connection has the ack and gets no copy
  return Array.from({ length: writing }, (_, seat) => ({ seat, target: { toGroupId: id }, copies: size - 1 }));
}
