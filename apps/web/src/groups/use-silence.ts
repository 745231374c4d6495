import type { GroupCard } from '@dunlin/sdk';
import { useEffect, useState } from 'react';

/** No timer runs longer. Milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Until when one may not write in a group; null as soon as one may. */
export function useSilence(group: GroupCard | undefined): string | null {
  const until = group?.mutedUntil ?? null;
  const [turn, setTurn] = useState(0);
  const over = until === null || Date.parse(until) <= Date.now();
  useEffect(() => {
    if (over) return;
    const timer = setTimeout(() => setTurn(turn + 1), Math.min(Date.parse(until) - Date.now(), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  }, [over, until, turn]);
  return over ? null : until;
}
