import type { GroupCard } from '@dunlin/sdk';
import { useEffect, useState } from 'react';
import { serverNow, useServerClock } from './server-clock.js';

/** No timer runs longer. Milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Until when one may not write in a group, by the server's clock; null as soon as one may. */
export function useSilence(group: GroupCard | undefined): string | null {
  const until = group?.mutedUntil ?? null;
  const [turn, setTurn] = useState(0);
  const offset = useServerClock(until !== null);
  const over = until === null || Date.parse(until) <= serverNow();
  useEffect(() => {
    if (over) return;
    const timer = setTimeout(() => setTurn(turn + 1), Math.min(Date.parse(until) - serverNow(), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  }, [over, until, turn, offset]);
  return over ? null : until;
}
