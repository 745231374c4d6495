import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `condition` again and again until it returns something truthy; a throw means not yet.
 *
 * @template T
 * @param {() => Promise<T> | T} condition
 * @param {{ what: string, timeoutMs: number, intervalMs?: number, signal?: AbortSignal }} options
 * @returns {Promise<T>} what `condition` returned
 * @throws Error naming `what` and the last error after `timeoutMs`; the signal's reason when aborted
 */
export async function waitUntil(condition, { what, timeoutMs, intervalMs = 50, signal }) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const result = await condition();
      if (result) return result;
    } catch (error) {
      last = error;
    }
    signal?.throwIfAborted();
    if (Date.now() >= deadline)
      throw new Error(`${what}: not within ${timeoutMs / 1000} s${last ? ` (${last.message})` : ''}`);
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}
