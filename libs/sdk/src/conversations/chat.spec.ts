import type { Conversation, Message } from '@dunlin/contracts/wire';
import { Chat, type CachedChat } from './chat.js';

const conversation = (facts: Partial<Conversation> = {}): Conversation => ({
  id: 'c',
  type: 'direct',
  lastMessage: null,
  lastSeq: 0,
  readSeq: 0,
  unread: 0,
  muted: false,
  pinned: false,
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...facts,
});
const by =
  (senderId: string, type: Message['type'] = 'text') =>
  (seq: number): Message =>
    ({
      id: `m${seq}`,
      conversationId: 'c',
      seq,
      senderId,
      type,
      content: { text: '' },
      sentAt: `2026-01-01T00:00:${String(seq).padStart(2, '0')}.000Z`,
    }) as Message;
const bens = by('ben');

describe('Unread in a conversation', () => {
  it('counts what others write: not oneself, not the system, nothing twice', () => {
    const chat = new Chat(conversation(), 'ann', 0);
    chat.receive([bens(1), by('ben', 'system')(2), bens(3)]);
    chat.receive([bens(3)]);
    expect(chat.conversation).toMatchObject({ unread: 2, lastSeq: 3 });
    chat.receive([by('ann')(4)]);
    expect(chat.conversation).toMatchObject({ unread: 0, readSeq: 4 });
  });

  it('does not count again what the server has counted and is only now fetched', () => {
    const chat = new Chat(conversation({ lastSeq: 5, readSeq: 5 }), 'ann', 5);
    chat.applyCount({ lastSeq: 8, readSeq: 5, unread: 3 });
    expect(chat.conversation.unread).toBe(3);
    chat.receive([6, 7, 8].map(bens));
    expect(chat.conversation.unread).toBe(3);
    chat.receive([bens(9)]);
    expect(chat.conversation.unread).toBe(4);
  });

  it('counts from its own log when one has read up to somewhere in it', () => {
    const chat = new Chat(conversation(), 'ann', 0);
    chat.receive([1, 2, 3, 4].map(bens));
    expect(chat.readTo(3)).toBe(false);
    expect(chat.conversation).toMatchObject({ readSeq: 3, unread: 1 });
    expect(chat.readTo(2)).toBe(false); // never back
    expect(chat.conversation.readSeq).toBe(3);
  });

  it('has to be asked for where its log does not reach', () => {
    const chat = new Chat(conversation({ lastSeq: 90, unread: 90 }), 'ann', 90);
    expect(chat.readTo(40)).toBe(true);
    chat.apply(conversation({ lastSeq: 90, readSeq: 40, unread: 50 }));
    expect(chat.conversation).toMatchObject({ readSeq: 40, unread: 50 });
  });

  it('is counted by an answer that is older than what came meanwhile, with that', () => {
    const chat = new Chat(conversation({ lastSeq: 90, unread: 90 }), 'ann', 90);
    chat.readTo(40);
    chat.receive([bens(91), by('ben', 'system')(92), bens(93)]);
    expect(chat.isUncounted).toBe(true);
    chat.apply(conversation({ lastSeq: 91, readSeq: 30, unread: 61 })); // it does not know what was read
    expect(chat.isUncounted).toBe(true);
    chat.apply(conversation({ lastSeq: 91, readSeq: 40, unread: 51 }));
    expect(chat.conversation).toMatchObject({ readSeq: 40, unread: 52, lastSeq: 93 });
    expect(chat.isUncounted).toBe(false);
  });

  it('is not brought back by an answer that is older than what one has read since', () => {
    const chat = new Chat(conversation(), 'ann', 0);
    chat.receive([1, 2, 3].map(bens));
    chat.readTo(3);
    chat.apply(conversation({ lastSeq: 3, readSeq: 0, unread: 3 }));
    expect(chat.conversation).toMatchObject({ readSeq: 3, unread: 0 });
    chat.apply(conversation({ lastSeq: 2, readSeq: 0, unread: 2 }));
    expect(chat.conversation).toMatchObject({ readSeq: 3, unread: 0, lastSeq: 3 });
  });

  it('knows that who answers has read', () => {
    const chat = new Chat(conversation(), 'ann', 0);
    chat.receive([by('ann')(1), bens(2)]);
    expect(chat.readByOthers).toBe(2);
  });

  it('is the same after a restart', () => {
    const chat = new Chat(conversation(), 'ann', 0);
    chat.receive([1, 2, 3].map(bens));
    chat.readTo(1);
    const again = Chat.restore(structuredClone(chat.toCache(2)), 'ann');
    expect(again.conversation).toEqual(chat.conversation);
    expect(again.receive([bens(3), bens(4)]).map(({ seq }) => seq)).toEqual([4]);
    expect(again.conversation.unread).toBe(3);
  });
});

describe('A cache that claims more than the conversation has', () => {
  const cache = (held: number[], facts: Partial<Conversation>): CachedChat => ({
    conversation: conversation({ lastMessage: bens(3), ...facts }),
    range: [1, 5000],
    messages: held.map(bens),
    cursors: {},
    counted: { to: facts.lastSeq ?? 0, unread: 0 },
    wantedRead: 5000,
  });

  it('is believed as far as it has no gap: what was missed since is missing, and what comes is shown', () => {
    const chat = Chat.restore(cache([1, 2, 3, 6], { lastSeq: 6, readSeq: 5000 }), 'ann');
    expect(chat.log.head).toBe(3);
    expect(chat.isBehind).toBe(true);
    expect(chat.wantedRead).toBe(6);
    expect(chat.receive([4, 5, 6, 7].map(bens)).map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
    expect(chat.conversation).toMatchObject({ lastSeq: 7, readSeq: 6, unread: 1 });
  });

  it('and has no message begins at the end', () => {
    const chat = Chat.restore(cache([], { lastSeq: 6 }), 'ann');
    expect([chat.log.head, chat.end, chat.isBehind]).toEqual([6, 6, false]);
    expect(chat.receive([bens(7)])).toHaveLength(1);
  });
});

describe('How far the other one has read', () => {
  const peer = { id: 'ben', username: 'ben', displayName: 'Ben', avatarUrl: null, createdAt: '' };

  it('is learned with the conversation, where it was not told, and never moves back', () => {
    const chat = new Chat(conversation({ peer, peerReadSeq: 2, lastSeq: 5 }), 'ann', 5);
    expect(chat.readByOthers).toBe(2);
    chat.apply(conversation({ peer, peerReadSeq: 4, lastSeq: 5 }));
    expect(chat.readByOthers).toBe(4);
    chat.apply(conversation({ peer, peerReadSeq: 3, lastSeq: 5 }));
    chat.apply(conversation({ peer, lastSeq: 5 })); // they are no longer friends
    expect(chat.cursors).toEqual({ ben: 4 });
  });

  it('is learned with a group too, of whom it may be, never moves back, and outlives a restart', () => {
    const group = (facts: Partial<Conversation>): Conversation => conversation({ type: 'group', lastSeq: 5, ...facts });
    const chat = new Chat(group({ othersReadSeq: 2 }), 'ann', 5);
    expect(chat.readByOthers).toBe(2);
    chat.apply(group({ othersReadSeq: 4 }));
    chat.apply(group({ othersReadSeq: 3 }));
    chat.apply(group({})); // it has grown too large for that
    expect(chat.readByOthers).toBe(4);
    expect(Chat.restore(structuredClone(chat.toCache(2)), 'ann').readByOthers).toBe(4);
    chat.othersRead('ben', 5);
    expect(chat.readByOthers).toBe(5);
    expect(chat.cursors).toEqual({ ben: 5 });
  });
});
