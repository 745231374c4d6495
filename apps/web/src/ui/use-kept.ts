import { useDunlin, useSession } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';
import { keptOf } from './kept-of.js';

/**
 * Something of this person's that outlives what shows it, until they sign out or the page is closed. A change of it draws nothing anew.
 *
 * @returns what it was when this was shown first; undefined when it was nothing
 */
export function useKept<T>(name: string): [before: T | undefined, keep: (value: T | undefined) => void] {
  const client = useDunlin();
  const me = useSession().user?.id;
  const key = `${me ?? ''} ${name}`;
  const [before] = useState(() => keptOf(client).get(key) as T | undefined);
  const keep = useCallback(
    (value: T | undefined) => {
      const all = keptOf(client);
      // what goes away because its session has ended leaves nothing behind
      if (value === undefined || client.session.state.getSnapshot().user?.id !== me) all.delete(key);
      else all.set(key, value);
    },
    [client, key, me],
  );
  return [before, keep];
}
