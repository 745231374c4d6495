import { useConnection } from '@dunlin/sdk/react';
import { useEffect } from 'react';

const EVERY_MS = 60_000;

/** Calls back when the page is seen again, and once a minute as long as it is: for what no event tells of. */
export function useLookAgain(look: () => void, wanted = true): void {
  const online = useConnection().status === 'online';
  useEffect(() => {
    if (!wanted || !online) return;
    const seen = (): void => {
      if (!document.hidden) look();
    };
    const timer = setInterval(seen, EVERY_MS);
    window.addEventListener('focus', seen);
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', seen);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [look, wanted, online]);
}
