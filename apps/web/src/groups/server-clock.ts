import { useEffect, useSyncExternalStore } from 'react';

/** What the answer's header, in whole seconds, and its way leave unsure. Milliseconds. */
const UNSURE_MS = 2000;
/** How long a look is good for: somebody may set their clock. Milliseconds. */
const GOOD_MS = 60_000;

const listeners = new Set<() => void>();
let offset = 0;
let lookedAt = -Infinity;

async function look(): Promise<void> {
  if (performance.now() - lookedAt < GOOD_MS) return;
  lookedAt = performance.now();
  const sent = Date.now();
  const response = await fetch('/favicon.svg', { method: 'HEAD', cache: 'no-store' });
  const header = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(header)) return;
  const measured = header + 500 - (sent + Date.now()) / 2;
  const now = Math.abs(measured) < UNSURE_MS ? 0 : Math.round(measured);
  // the same drifting measure is no news
  if (Math.abs(now - offset) < UNSURE_MS) return;
  offset = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The server's time, as far as one has looked: milliseconds since 1970. */
export const serverNow = (): number => Date.now() + offset;

/** Looks at the server's clock for what it decides: this device's own may be wrong. @returns a number that changes with it */
export function useServerClock(wanted: boolean): number {
  useEffect(() => {
    // without a line the own clock has to do, and the next look is a new one
    if (wanted) look().catch(() => (lookedAt = -Infinity));
  }, [wanted]);
  return useSyncExternalStore(subscribe, () => offset);
}
