import { everything } from '@dunlin/sdk';
import { useDunlin, useEvent, useSession } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { collect } from '../ui/collect.js';
import { useLoaded, type Failure } from '../ui/use-loaded.js';
import { renamed, type Ties } from './tie.js';

/** One's ties, kept up with; undefined until they are known. */
export function useTies(): [ties: Ties | undefined, reload: () => void, failure: Failure | undefined] {
  const { friends, blocks } = useDunlin();
  const me = useSession().user?.id ?? '';
  const load = useCallback(async (): Promise<Ties> => {
    const [all, incoming, outgoing, blocked] = await Promise.all([
      collect(everything((page) => friends.list(page))),
      collect(everything((page) => friends.requests('incoming', page))),
      collect(everything((page) => friends.requests('outgoing', page))),
      collect(everything((page) => blocks.list(page))),
    ]);
    return { me, friends: all, incoming, outgoing, blocks: blocked };
  }, [friends, blocks, me]);
  const [ties, reload, failure, change] = useLoaded(load);
  useEvent('friend:request', reload);
  useEvent('friend:added', reload);
  useEvent('friend:removed', reload);
  useEvent('friend:changed', reload);
  // it says all that there is to know, and friends may be many
  useEvent('profile:updated', (user) => change((before) => renamed(before, user)));
  return [ties, reload, failure];
}
