import type { Conversation } from '@dunlin/contracts/wire';
import { matches, nameOf } from './name-of.js';

const withAnn = { peer: { displayName: 'Ann Ärmel', username: 'ann-1' } } as Conversation;
const walks = { group: { name: 'Estuary walks' } } as Conversation;

describe('the name of a conversation', () => {
  it('is the other person, or the group', () => {
    expect([nameOf(withAnn), nameOf(walks)]).toEqual(['Ann Ärmel', 'Estuary walks']);
  });

  it('is found by a part of it in any case, and a person by the username', () => {
    expect([' ärm', 'ANN-1', 'walk'].map((query) => [matches(withAnn, query), matches(walks, query)])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
  });
});
