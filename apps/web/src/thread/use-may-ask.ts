import type { DunlinError } from '@dunlin/sdk';
import { useConnection } from '@dunlin/sdk/react';
import { useEffect, useRef, useState } from 'react';

/** How long the server is left alone after it has failed. Milliseconds. */
const PAUSE_MS = 5000;

/** Whether more may be asked for unasked: not at once after it has failed, but after a while, or when the connection is back. */
export function useMayAsk(error: DunlinError | null): boolean {
  const online = useConnection().status === 'online';
  const away = useRef(false);
  const [over, setOver] = useState<DunlinError | null>(null);
  useEffect(() => {
    if (!online) away.current = true;
    if (!error?.retryable || !online) return;
    const pause = away.current ? 0 : Math.max(PAUSE_MS, error.retryAfterMs ?? 0);
    away.current = false;
    const timer = setTimeout(() => setOver(error), pause);
    return () => clearTimeout(timer);
  }, [error, online]);
  return error === null || over === error;
}
