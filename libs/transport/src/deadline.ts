import { DunlinError } from '@dunlin/contracts';

/**
 * Ends waits at their deadlines. One timer for all of them: a timer a call would be the most expensive part of a call.
 * A wait ends at most this long after its deadline.
 */
const TICK_MS = 50;

interface Wait {
  /** On the monotonic clock, so that a step of the wall clock ends nothing. */
  until: number;
  expire: () => void;
}

const waits = new Set<Wait>();
let timer: NodeJS.Timeout | undefined;

function tick(): void {
  const now = performance.now();
  for (const wait of waits) {
    if (wait.until > now) continue;
    waits.delete(wait);
    wait.expire();
  }
  if (waits.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/**
 * @param timeoutMs milliseconds from now
 * @param onTimeout called before the wait rejects, to forget what was waited for
 * @throws DunlinError `timeout` when the answer is not there in time
 */
export function withDeadline<T>(answer: Promise<T>, timeoutMs: number, onTimeout?: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = (): void => {
      onTimeout?.();
      reject(new DunlinError('timeout'));
    };
    const wait: Wait = { until: performance.now() + timeoutMs, expire };
    waits.add(wait);
    timer ??= setInterval(tick, TICK_MS).unref();
    answer.then(
      (value) => {
        waits.delete(wait);
        resolve(value);
      },
      (error: unknown) => {
        waits.delete(wait);
        reject(error as Error);
      },
    );
  });
}
