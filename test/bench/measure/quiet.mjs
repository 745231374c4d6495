import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineCpuMs } from './cpu.mjs';

const LOOK_MS = 300;
// what idle servers and the timers of a desktop take
const QUIET_SHARE = 0.15;

/** Waits until nothing else keeps the machine busy, at most `seconds`; 0 does not look at all. */
export async function waitForQuiet(seconds) {
  for (const deadline = performance.now() + seconds * 1000; performance.now() < deadline;) {
    const [begun, before] = [performance.now(), machineCpuMs()];
    await sleep(LOOK_MS);
    const share = (machineCpuMs() - before) / (performance.now() - begun) / availableParallelism();
    if (share < QUIET_SHARE) return;
  }
}
