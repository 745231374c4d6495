const LOWEST = 20;

/**
 * The highest rate at which `attempt` is good: brackets it from `start` by factors, then bisects. A step that fails
 * is tried again `retries` times, since on a shared machine another's burst fails a step as well.
 *
 * @template {{ good: boolean }} T
 * @param {(rate: number) => Promise<T>} attempt
 * @param {{ start: number, step: number, precision: number, retries: number }} options a guess, the factor by which it
 *   may be off, the factor within which the knee is wanted
 * @returns {Promise<T | undefined>} what the best step measured; undefined when none was good
 */
export async function findKnee(attempt, { start, step, precision, retries }) {
  const tried = async (rate) => {
    let one = await attempt(rate);
    for (let n = 0; n < retries && !one.good; n++) one = await attempt(rate);
    return one;
  };
  let best;
  let low = 0;
  let high = Infinity;
  let rate = Math.round(start);
  while (high / Math.max(low, LOWEST) > precision) {
    const one = await tried(rate);
    if (one.good) {
      best = one;
      low = rate;
    } else {
      high = rate;
    }
    if (high === Infinity) rate = Math.round(low * step);
    else if (low === 0) rate = Math.round(high / step);
    else rate = Math.round(Math.sqrt(low * high));
    if (rate < LOWEST) return undefined;
  }
  return best;
}
