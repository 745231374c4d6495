import { useConnection, useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback, useEffect, useState } from 'react';

/** How many people wait for one's answer; at most a hundred are counted. */
export function useAsking(): number {
  const { friends } = useDunlin();
  const online = useConnection().status === 'online';
  const [count, setCount] = useState(0);
  const look = useCallback(() => {
    // a hint: where they are listed it is said if they cannot be had
    friends.requests('incoming', { limit: 100 }).then(
      ({ items }) => setCount(items.length),
      () => undefined,
    );
  }, [friends]);
  useEffect(() => {
    if (online) look();
  }, [online, look]);
  useEvent('friend:request', look);
  useEvent('friend:added', look);
  useEvent('friend:changed', look);
  return count;
}
