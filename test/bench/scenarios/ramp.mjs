import { findKnee } from '../measure/knee.mjs';
import { measuredLoad } from '../measure/measured-load.mjs';

export const ACK_P99_MS = 100;
const ACHIEVED_SHARE = 0.98;
const WARM_UP_S = 0.7;
// Where a ramp begins that knows nothing, and how far it may be off; later rounds begin at the last knee.
const FIRST_RATE = { R: 16_000, Dunlin: 3000 };
const FIRST_STEP = 2;
const NEXT_STEP = 1.25;

/** How well the knee is wanted: where it is the goal itself, and where half as many steps will do. */
export const EXACT = { seconds: 3, precision: 1.08, retries: 1 };
export const COARSE = { seconds: 2, precision: 1.15, retries: 0 };

/**
 * The highest rate with an ack p99 of at most 100 ms. `state.knee` is remembered, so that the next round begins there.
 *
 * @param {object} context of the scenario
 * @param {{ senders: object[], knee?: number }} state
 */
export async function ramp(context, state, { seconds, precision, retries }, start = FIRST_RATE[context.target.name]) {
  const { fleet, target, log, problems, turn } = context;
  const attempt = async (rate) => {
    const plan = { senders: state.senders, rate, seconds, warmUpS: WARM_UP_S };
    const one = await turn(() => measuredLoad(fleet, target, plan, { mayRefuse: true }));
    problems.push(...one.problems);
    const good = one.ok === one.total && one.ack.p99 <= ACK_P99_MS && one.achieved >= ACHIEVED_SHARE * rate;
    log(`${good ? '  good' : '  past'} ${describe(target, one)}`);
    return { ...one, good };
  };
  const knee = await findKnee(attempt, {
    start: state.knee ?? start,
    step: state.knee ? NEXT_STEP : FIRST_STEP,
    precision,
    retries,
  });
  if (!knee) {
    problems.push(`${target.name}: no rate at all has an ack p99 of ${ACK_P99_MS} ms`);
    return undefined;
  }
  state.knee = knee.offered;
  log(`${target.name}: the knee is at ${knee.achieved}/s`);
  return knee;
}

/** A load of a fixed rate, at which everything must be taken. */
export async function atRate({ fleet, target, log, problems, turn }, { senders }, plan) {
  const one = await turn(() => measuredLoad(fleet, target, { senders, ...plan }));
  problems.push(...one.problems);
  log(`  ${describe(target, one)}`);
  return one;
}

/** Takes a target's first, slow seconds out of what is measured. */
export const warmUp = (context, { senders }, rate = 800) =>
  measuredLoad(context.fleet, context.target, { senders, rate, seconds: 3, warmUpS: 0 }, { mayRefuse: true });

function describe(target, one) {
  const { offered, achieved, ack, endToEnd, serverCpuS, databaseCpuS, generator, refusals } = one;
  const refused = Object.entries(refusals).map(([code, count]) => `, ${count} ${code}`);
  return (
    `${target.name} at ${offered}/s: ${achieved} acked/s, ack ${ack.p50} / ${ack.p99} ms, ` +
    `end to end ${endToEnd.p50} / ${endToEnd.p99} ms, CPU ${serverCpuS} + ${databaseCpuS} s a 1,000` +
    `, generator ${generator.cpuUsPerMessage} µs, busiest ${generator.busiest}, others ${one.elsewhere}${refused.join('')}`
  );
}
