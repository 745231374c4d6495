import { friends, oneServer, online, shows, texts, until } from './people.js';

jest.setTimeout(60_000);

describe('Two friends chat through the SDK', () => {
  const server = oneServer();

  it('a message is shown at once as pending, then stored, then read', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    const timeline = ann.conversations.open(conversationId);
    const key = ann.messages.send({ conversationId, text: 'Have you seen the dunlins?' });

    const [pending] = timeline.getSnapshot().messages;
    expect(pending).toMatchObject({ key, delivery: 'pending', seq: null, mine: true });

    await until(timeline, ({ messages }) => messages[0]?.delivery === 'stored', 'it to be stored');
    const seen = await until(ben.conversations.of(conversationId), (one) => one?.unread === 1, 'Ben to have it');
    expect(seen?.lastMessage?.content).toEqual({ text: 'Have you seen the dunlins?' });

    const his = ben.conversations.open(conversationId);
    await shows(his, ['Have you seen the dunlins?']);
    expect(his.getSnapshot().firstUnreadSeq).toBe(1);
    his.markRead();
    expect(ben.conversations.unread.getSnapshot()).toEqual({ total: 0, unmuted: 0 });

    const read = await until(timeline, ({ messages }) => messages[0]?.delivery === 'read', 'it to be read');
    expect(read.messages).toHaveLength(1);
    expect(read.messages[0]?.key).toBe(key);
    expect(timeline.readersOf(1)).toEqual([ben.session.user.id]);
  });

  it('a hundred messages typed at once keep their order on both sides', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    const his = ben.conversations.open(conversationId);
    const hers = ann.conversations.open(conversationId);
    const expected = Array.from({ length: 100 }, (_, number) => `number ${number}`);
    for (const text of expected) ann.messages.send({ conversationId, text });
    expect(texts(hers)).toEqual(expected);
    expect(ann.connection.getSnapshot().waiting).toBe(100);
    await shows(his, expected);
    await shows(hers, expected);
    expect(texts(his)).toEqual(expected);
    expect(ann.connection.getSnapshot().waiting).toBe(0);
  });

  it('a refused message is marked with the reason, can be tried again, and holds up nobody', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    await ben.friends.remove(ann.session.user.id);
    const timeline = ann.conversations.open(conversationId);
    const key = ann.messages.send({ conversationId, text: 'Are you there?' });
    const refused = await until(timeline, ({ messages }) => messages[0]?.delivery === 'failed', 'the refusal');
    expect(refused.messages[0]).toMatchObject({ key, error: { code: 'not_friends', retryable: false } });
    expect(ann.connection.getSnapshot()).toMatchObject({ waiting: 0, failed: 1 });

    const again = await ben.friends.request({ userId: ann.session.user.id });
    await ann.friends.accept(again.id);
    await ann.messages.retry(key);
    await until(timeline, ({ messages }) => messages[0]?.delivery === 'stored', 'the second try');
    expect(timeline.getSnapshot().messages[0]?.key).toBe(key);
  });

  it('the snapshot stays the same object while nothing changes', async () => {
    const { ann, conversationId } = await friends(server.url);
    const timeline = ann.conversations.open(conversationId);
    ann.messages.send({ conversationId, text: 'one' });
    await shows(timeline, ['one']);
    await online(ann);
    const before = timeline.getSnapshot();
    expect(timeline.getSnapshot()).toBe(before);
    expect(ann.conversations.list.getSnapshot()).toBe(ann.conversations.list.getSnapshot());
    ann.messages.send({ conversationId, text: 'two' });
    await shows(timeline, ['one', 'two']);
    expect(timeline.getSnapshot().messages[0]).toBe(before.messages[0]);
  });
});
