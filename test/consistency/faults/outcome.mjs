// What a fault's stated outcome is checked with: what clients were told, and when.
import { waitUntil } from '../../../tools/lib/wait.mjs';

/** Waits until a send that was begun after `since` is acked. @returns milliseconds since then */
export async function waitForAck(recorder, { since = recorder.now, timeoutMs = 30_000 } = {}) {
  let next = recorder.operations.length;
  const acked = () => {
    for (; next < recorder.operations.length; next++) {
      const { op, outcome, invoke } = recorder.operations[next];
      if (op === 'send' && outcome === 'ok' && invoke >= since) return true;
    }
    return false;
  };
  await waitUntil(acked, { what: 'a send to be acked again', timeoutMs });
  return Math.round(recorder.now - since);
}

/** Sends that were begun between two times, by outcome or code. */
export function answersBetween({ operations }, from, to) {
  const counts = {};
  for (const { op, outcome, code, invoke, duplicate } of operations) {
    if (op !== 'send' || invoke < from || invoke > to) continue;
    // what was stored before can be told where nothing can be stored
    const stored = duplicate ? 'repeated' : 'ok';
    const answer = outcome === 'ok' ? stored : code;
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}

/** @throws Error with what was expected */
export function expect(condition, what) {
  if (!condition) throw new Error(`Not as stated: ${what}`);
}
