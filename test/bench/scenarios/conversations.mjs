import { compare, row } from '../report/rows.mjs';
import { connectPairs } from './direct.mjs';
import { COARSE, ramp, warmUp } from './ramp.mjs';

/** The knee of some direct conversations: as many as a busy moment has, or a single one, which cannot be spread. */
const conversations = ({ name, count, goal }) => ({
  name,
  title: count === 1 ? 'one hot conversation' : `${count} conversations`,

  async prepare(context) {
    const senders = await connectPairs(context, count);
    await warmUp(context, { senders });
    return { senders };
  },

  measure: async (context, state) => ({ knee: await ramp(context, state, COARSE) }),

  rows(rounds) {
    const rate = compare(rounds, (one) => one.knee.achieved);
    const judged = goal ? rate.ratio : undefined;
    return [
      row({
        goal: goal ? 3 : '–',
        what: `${this.title}: highest rate, messages/s`,
        wanted: goal ? `≥ ${goal} × R` : '',
        ...rate,
        judged,
        atLeast: goal,
      }),
    ];
  },
});

export const many = conversations({ name: 'conversations', count: 64, goal: 0.8 });
export const hot = conversations({ name: 'hot', count: 1 });
