export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time, not the caller, that aborted. */
  readonly passed: boolean;
  end(): void;
}

/** A signal that aborts after `ms`, or with the given one. To be ended, so that no timer stays behind. */
export function deadline(ms: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = true;
    controller.abort();
  }, ms);
  const stop = (): void => controller.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}
