import { DunlinError } from '../errors/dunlin-error.js';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time, not the caller, that aborted. */
  readonly passed: boolean;
  /** It goes on: the time begins anew. */
  extend(): void;
  end(): void;
}

/** A signal that aborts after `ms`, or with the given one. To be ended, so that no timer stays behind. */
export function deadline(ms: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const extend = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      passed = true;
      controller.abort();
    }, ms);
  };
  extend();
  const stop = (): void => controller.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    extend,
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}

/**
 * What is waited for, until the signal aborts: not everything that is given a signal heeds it, or does so to its end.
 * @throws DunlinError `aborted`, and what `work` rejects with
 */
export function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DunlinError('aborted'));
    const end = (): void => signal.removeEventListener('abort', stop);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(end);
  });
}
