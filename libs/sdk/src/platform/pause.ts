import { DunlinError } from '../errors/dunlin-error.js';

/** Resolves after `ms`. @throws DunlinError `aborted` when the signal says so */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new DunlinError('aborted'));
    const stop = (): void => {
      clearTimeout(timer);
      reject(new DunlinError('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
