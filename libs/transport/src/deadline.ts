import { DunlinError, type Settle } from '@dunlin/contracts';

/**
 * Ends waits at their deadlines. One timer for all of them: a timer a call would be the most expensive part of a call.
 * A wait ends at most this long after its deadline.
 */
const TICK_MS = 50;

interface Wait {
  /** On the monotonic clock, so that a step of the wall clock ends nothing. */
  until: number;
  settle: Settle<never>;
  /** Called first, to forget what was waited for. */
  onTimeout?: () => void;
}

const waits = new Set<Wait>();
let timer: NodeJS.Timeout | undefined;

function tick(): void {
  const now = performance.now();
  for (const wait of waits) {
    if (wait.until > now) continue;
    waits.delete(wait);
    wait.onTimeout?.();
    wait.settle(new DunlinError('timeout'));
  }
  if (waits.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/**
 * Tells `settle` of the first outcome alone, which is `timeout` when none is there in time.
 * @param timeoutMs milliseconds from now
 * @param onTimeout called before that, to forget what was waited for
 */
export function settledBy<T>(settle: Settle<T>, timeoutMs: number, onTimeout?: () => void): Settle<T> {
  const wait: Wait = { until: performance.now() + timeoutMs, settle, onTimeout };
  waits.add(wait);
  timer ??= setInterval(tick, TICK_MS).unref();
  return (error, result) => {
    if (waits.delete(wait)) settle(error, result);
  };
}
