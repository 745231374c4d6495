const PRECISION = 1.08;
const LOWEST = 20;

/**
 * The highest rate at which `attempt` is good: brackets it from `start` by factors, then bisects to within 8 %. A step
 * that fails is tried once more, since on a shared machine another's burst fails a step as well.
 *
 * @template {{ good: boolean }} T
 * @param {(rate: number) => Promise<T>} attempt
 * @param {{ start: number, step: number }} options a guess, and the factor by which it may be off
 * @returns {Promise<T | undefined>} what the best step measured; undefined when none was good
 */
export async function findKnee(attempt, { start, step }) {
  const tried = async (rate) => {
    const first = await attempt(rate);
    return first.good ? first : attempt(rate);
  };
  let best;
  let low = 0;
  let high = Infinity;
  let rate = Math.round(start);
  while (high / Math.max(low, LOWEST) > PRECISION) {
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
