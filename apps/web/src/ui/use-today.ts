import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
/** A timer until midnight would be late after a sleep. Milliseconds. */
const LOOK_MS = 30_000;

const today = (): number => new Date().setHours(0, 0, 0, 0);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((one) => one()), LOOK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** When today began; drawn again at midnight. Milliseconds since 1970. */
export const useToday = (): number => useSyncExternalStore(subscribe, today);
