const LOWEST = 20;
const MOST_STEPS = 16;

/**
 * The highest rate at which `attempt` is good: brackets it from `start` by factors, then bisects. On a shared machine
 * another's burst fails a step as well, so one that fails is tried again `retries` times, and the lowest that failed once
 * more at the end: if it is good now, the search goes on from there.
 *
 * @template {{ good: boolean }} T
 * @param {(rate: number) => Promise<T>} attempt
 * @param {{ start: number, step: number, precision: number, retries: number }} options a guess, the factor by which it
 *   may be off, the factor within which the knee is wanted
 * @returns {Promise<T | undefined>} what the best step measured; undefined when none was good
 */
export async function findKnee(attempt, { start, step, precision, retries }) {
  let best;
  let low = 0;
  let high = Infinity;
  let rate = Math.round(start);
  for (let steps = 0; steps < MOST_STEPS && rate >= LOWEST; steps++) {
    const again = rate === high;
    let one = await attempt(rate);
    for (let n = 0; n < retries && !one.good && !again; n++) one = await attempt(rate);
    if (one.good) {
      best = one;
      low = rate;
      if (again) high = Infinity;
    } else {
      if (again) break;
      high = rate;
    }
    rate = next(low, high, { step, precision });
  }
  return best;
}

function next(low, high, { step, precision }) {
  if (high === Infinity) return Math.round(low * step);
  if (low === 0) return Math.round(high / step);
  return high / low <= precision ? high : Math.round(Math.sqrt(low * high));
}
