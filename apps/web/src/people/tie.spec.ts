import type { FriendRequest, User } from '@dunlin/contracts/wire';
import { renamed, tieTo, type Ties } from './tie.js';

const user = (id: string): User => ({ id, username: id, displayName: id, avatarUrl: null, createdAt: '' });
const since = '';
const request = (from: string, to: string): FriendRequest => ({
  id: `${from}-${to}`,
  from: user(from),
  to: user(to),
  message: '',
  status: 'pending',
  createdAt: '',
});
const ties: Ties = {
  me: 'ann',
  friends: [{ user: user('ben'), since }],
  incoming: [request('cleo', 'ann')],
  outgoing: [request('ann', 'dan')],
  blocks: [{ user: user('eve'), since }],
};

describe('What one is to somebody', () => {
  it.each([
    ['ann', { kind: 'self' }],
    ['ben', { kind: 'friend' }],
    ['cleo', { kind: 'incoming', request: ties.incoming[0] }],
    ['dan', { kind: 'outgoing', request: ties.outgoing[0] }],
    ['eve', { kind: 'blocked' }],
    ['zoe', { kind: 'none' }],
  ])('%s', (id, tie) => {
    expect(tieTo(ties, id)).toEqual(tie);
  });
});

it.each(['ben', 'cleo', 'dan', 'eve', 'zoe'])('A new name of %s is theirs alone', (id) => {
  const names = ({ friends, incoming, outgoing, blocks }: Ties) =>
    [...friends, ...blocks]
      .map(({ user: one }) => one.displayName)
      .concat(
        incoming.map(({ from }) => from.displayName),
        outgoing.map(({ to }) => to.displayName),
      );
  const before = names(ties);
  const now = renamed(ties, { ...user(id), displayName: 'Another' });
  expect(names(now)).toEqual(before.map((name) => (name === id ? 'Another' : name)));
  expect(tieTo(now, id).kind).toBe(tieTo(ties, id).kind);
});
