import type { Block, Friend, FriendRequest, User } from '@dunlin/sdk';

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

/** What one is to somebody. */
export function tieTo({ me, friends, incoming, outgoing, blocks }: Ties, userId: string): Tie {
  if (userId === me) return { kind: 'self' };
  if (blocks.some(({ user }) => user.id === userId)) return { kind: 'blocked' };
  if (friends.some(({ user }) => user.id === userId)) return { kind: 'friend' };
  const asking = incoming.find(({ from }) => from.id === userId);
  if (asking) return { kind: 'incoming', request: asking };
  const asked = outgoing.find(({ to }) => to.id === userId);
  return asked ? { kind: 'outgoing', request: asked } : { kind: 'none' };
}

/** The same ties, with somebody's new name and picture. */
export function renamed({ me, friends, incoming, outgoing, blocks }: Ties, news: User): Ties {
  const now = (user: User): User => (user.id === news.id ? news : user);
  return {
    me,
    friends: friends.map((friend) => ({ ...friend, user: now(friend.user) })),
    incoming: incoming.map((request) => ({ ...request, from: now(request.from) })),
    outgoing: outgoing.map((request) => ({ ...request, to: now(request.to) })),
    blocks: blocks.map((block) => ({ ...block, user: now(block.user) })),
  };
}
