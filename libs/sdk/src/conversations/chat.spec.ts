import type { Conversation, Message } from '@dunlin/contracts/wire';
import { Chat } from './chat.js';

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
  (seq: number): Message => ({
    id: `m${seq}`,
    conversationId: 'c',
    seq,
    senderId,
    type,
    content: { text: '' },
    sentAt: `2026-01-01T00:00:${String(seq).padStart(2, '0')}.000Z`,
  });
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
});
