import { residentBytes } from '../measure/cpu.mjs';
import { row, spread } from '../report/rows.mjs';
import { connectPairs } from './direct.mjs';
import { atRate, warmUp } from './ramp.mjs';

const PAIRS = 100;
const SLICE_S = 30;
/** What is left out at the start: caches fill, code is compiled. */
const WARM_UP_SHARE = 1 / 3;
const MIB = 2 ** 20;

/** Hours in small: the same load on and on, every message checked, and what the memory does. Only when asked for. */
export const soak = {
  name: 'soak',
  title: 'one load for a long time',
  withoutReference: true,
  onRequest: true,

  async prepare(context) {
    const senders = await connectPairs(context, PAIRS);
    await warmUp(context, { senders });
    return { senders };
  },

  async measure(context, { senders }) {
    const { target, log, minutes, rate } = context;
    const samples = [];
    const slices = Math.max(6, Math.round((minutes * 60) / SLICE_S));
    for (let slice = 1; slice <= slices; slice++) {
      const at = performance.now();
      await atRate(context, { senders }, { rate, seconds: SLICE_S, warmUpS: 0 });
      const residentMiB = residentBytes(target.pids.server) / MIB;
      samples.push({ minutes: at / 60_000, residentMiB });
      log(`  ${slice} of ${slices}: RSS ${Math.round(residentMiB)} MiB`);
    }
    const steady = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
    return { rate, samples, slope: slopeOf(steady), highestMiB: Math.max(...samples.map((one) => one.residentMiB)) };
  },

  rows(rounds, { topology }) {
    const slope = spread(rounds, ({ Dunlin }) => Dunlin.slope);
    return [
      row({
        goal: 'soak',
        what: `${topology}: RSS slope after the warm-up, MiB a minute`,
        wanted: '≤ 1',
        own: slope,
        judged: slope,
        atMost: 1,
      }),
      row({ goal: 'soak', what: 'highest RSS, MiB', own: spread(rounds, ({ Dunlin }) => Dunlin.highestMiB) }),
    ];
  },
};

/** MiB a minute, by least squares. */
function slopeOf(samples) {
  const mean = (of) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean((one) => one.minutes), mean((one) => one.residentMiB)];
  const spreadOfX = mean((one) => (one.minutes - x) ** 2);
  return mean((one) => (one.minutes - x) * (one.residentMiB - y)) / spreadOfX;
}
