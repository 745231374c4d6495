import { compare, row, spread } from '../report/rows.mjs';
import { atRate, EXACT, ramp, warmUp } from './ramp.mjs';

const PAIRS = 100;
const CHECKED = 10;

/** Direct chat of 100 pairs, both sides writing: two fixed rates, then the knee. Goals 1, 2, 5, 6 and 9. */
export const direct = {
  name: 'direct',
  title: `direct chat, ${PAIRS} pairs`,

  async prepare(context) {
    const senders = await connectPairs(context, PAIRS);
    await warmUp(context, { senders });
    return { senders };
  },

  async measure(context, state) {
    const { quick } = context;
    const figures = {};
    if (quick) return { 500: await atRate(context, state, { rate: 500, seconds: 2 }) };
    for (const rate of [500, 1000]) figures[rate] = await atRate(context, state, { rate, seconds: 4 });
    figures.knee = await ramp(context, state, EXACT);
    return figures;
  },

  finish: (context) => (context.target.name === 'R' ? undefined : checkStored(context)),

  rows(rounds, { topology, quick, report }) {
    const p99At500 = compare(rounds, (one) => one[500].ack.p99);
    const at500 = (wanted, judged, atMost) =>
      row({ goal: topology === 'split' ? 9 : 5, what: 'ack p99 at 500/s, ms', wanted, ...p99At500, judged, atMost });
    const five =
      topology === 'split' ? at500('≤ 15 ms', p99At500.own, 15) : at500('≤ R + 2.5 ms', p99At500.difference, 2.5);
    if (quick) return [five];
    const kneeGoal = { mysql: 1, sqlite: 2, split: 9 }[topology];
    const rate = compare(rounds, (one) => one.knee.achieved);
    const cpu = compare(rounds, (one) => one.knee.serverCpuS + one.knee.databaseCpuS);
    const seen = compare(rounds, (one) => one[1000].endToEnd.p99);
    const rows = [
      kneeRow(topology, rate, report),
      row({
        goal: kneeGoal,
        what: 'CPU s a 1,000 messages at the knee, server + database',
        wanted: topology === 'mysql' ? '≤ 2.5 × R' : '',
        ...cpu,
        judged: topology === 'mysql' ? cpu.ratio : undefined,
        atMost: 2.5,
      }),
      row({
        goal: '–',
        what: 'CPU s a 1,000 messages at 1,000/s, server + database',
        ...compare(rounds, (one) => one[1000].serverCpuS + one[1000].databaseCpuS),
      }),
      row({
        goal: '–',
        what: 'of that at the knee, the database',
        own: spread(rounds, (round) => round.Dunlin.knee.databaseCpuS),
      }),
      five,
      row({ goal: 5, what: 'ack p50 at 500/s, ms', ...compare(rounds, (one) => one[500].ack.p50) }),
      row({
        goal: 6,
        what: 'end to end p99 at 1,000/s, ms',
        wanted: topology === 'split' ? '' : '≤ R + 4 ms',
        ...seen,
        judged: topology === 'split' ? undefined : seen.difference,
        atMost: 4,
      }),
    ];
    return rows;
  },
};

/** Opens a connection for both of each pair; resolves with the senders, all of them. */
export async function connectPairs({ fleet, target, people }, count) {
  const list = await people.pairs(count);
  await fleet.connect(
    target.crowd,
    list.map((person, index) => target.seat(person, { index })),
    { checkOrder: target.checkOrder },
  );
  // one of each pair after the other, so that a pair's messages are spread over time
  const order = [...list.keys()].sort((a, b) => (a % 2) - (b % 2) || a - b);
  return order.map((seat) => ({ seat, target: { toUserId: list[seat ^ 1].id }, copies: 1 }));
}

/** What clients saw is what the server has: its history ends where they are. */
async function checkStored({ fleet, target, people, problems }) {
  const list = await people.pairs(PAIRS);
  const ends = (await fleet.ends(target.crowd)).slice(0, CHECKED);
  if (ends.length < CHECKED) problems.push(`${target.name}: only ${ends.length} conversations to check`);
  for (const { seat, conversation, lastSeq } of ends) {
    const stored = await people.http(list[seat], 'GET', `/conversations/${conversation}/messages?limit=1`);
    if (stored.lastSeq !== lastSeq)
      problems.push(`${target.name}: ${conversation} ends at ${stored.lastSeq}, ${lastSeq} was seen`);
  }
}

function kneeRow(topology, rate, report) {
  const what = 'direct, 100 pairs: highest rate, ack p99 ≤ 100 ms, messages/s';
  if (topology !== 'split') {
    const [goal, atLeast] = topology === 'mysql' ? [1, 0.8] : [2, 0.6];
    return row({ goal, what, wanted: `≥ ${atLeast} × R`, ...rate, judged: rate.ratio, atLeast });
  }
  // one process and the split are not driven in the same minutes, so each goes by its own R
  const single = compare(report.topologies.mysql?.direct ?? [], (one) => one.knee.achieved).ratio.median;
  const judged = Number.isFinite(single) ? { median: rate.ratio.median / single } : undefined;
  return row({ goal: 9, what, wanted: '≥ 0.5 × one process on MySQL', ...rate, judged, atLeast: 0.5 });
}
