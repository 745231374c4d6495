import { DunlinError } from '@dunlin/contracts';

/**
 * Ends waits at their deadlines. One timer for all of them: a timer a call would be the most expensive part of a call.
 * A wait ends at most {@link TICK_MS} after its deadline.
 */
const TICK_MS = 50;

interface Wait {
  deadline: number;
  reject: (error: unknown) => void;
}

const waits = new Set<Wait>();
let timer: NodeJS.Timeout | undefined;

function tick(): void {
  const now = Date.now();
  for (const wait of waits) {
    if (wait.deadline > now) continue;
    waits.delete(wait);
    wait.reject(new DunlinError('timeout'));
  }
  if (waits.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** @throws DunlinError `timeout` when the answer is not there by the deadline, in milliseconds since the epoch */
export function withDeadline<T>(answer: Promise<T>, deadline: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const wait: Wait = { deadline, reject };
    waits.add(wait);
    if (!timer) {
      timer = setInterval(tick, TICK_MS);
      timer.unref();
    }
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
