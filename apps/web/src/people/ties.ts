import { everything, type Block, type Friend, type FriendRequest } from '@dunlin/sdk';
import { useDunlin, useEvent, useSession } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { collect } from '../ui/collect.js';
import { useLoaded } from '../ui/use-loaded.js';

/** Whom one knows, and how. */
export interface Ties {
  readonly me: string;
  readonly friends: readonly Friend[];
  readonly incoming: readonly FriendRequest[];
  readonly outgoing: readonly FriendRequest[];
  readonly blocks: readonly Block[];
}

export type Tie =
  | { readonly kind: 'self' | 'friend' | 'blocked' | 'none' }
  | { readonly kind: 'incoming' | 'outgoing'; readonly request: FriendRequest };

/** One's ties, kept up with; undefined until they are known. */
export function useTies(): [ties: Ties | undefined, reload: () => void] {
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
  const [ties, reload] = useLoaded(load);
  useEvent('friend:request', reload);
  useEvent('friend:added', reload);
  useEvent('friend:removed', reload);
  useEvent('friend:changed', reload);
  useEvent('profile:updated', reload);
  return [ties, reload];
}

export function tieTo({ me, friends, incoming, outgoing, blocks }: Ties, userId: string): Tie {
  if (userId === me) return { kind: 'self' };
  if (blocks.some(({ user }) => user.id === userId)) return { kind: 'blocked' };
  if (friends.some(({ user }) => user.id === userId)) return { kind: 'friend' };
  const asking = incoming.find(({ from }) => from.id === userId);
  if (asking) return { kind: 'incoming', request: asking };
  const asked = outgoing.find(({ to }) => to.id === userId);
  return asked ? { kind: 'outgoing', request: asked } : { kind: 'none' };
}
