import type { Conversation, MessagePage, Page } from '@dunlin/contracts/wire';
import { expectProblem, expectRefusal } from '../support/expectations.js';
import { newClientMsgId, nobody } from '../support/names.js';
import { befriend, friends, people, person, type Person } from '../support/person.js';

const text = (words: string, more: object = {}) => ({
  clientMsgId: newClientMsgId(),
  type: 'text' as const,
  content: { text: words },
  ...more,
});
const conversations = async (who: Person): Promise<Conversation[]> =>
  (await who.ok<Page<Conversation>>('GET', '/conversations')).items;

describe('A message between friends', () => {
  it('is acknowledged, and reaches every other device of both', async () => {
    const [ann, ben] = await friends();
    const [phone, laptop, tablet, b1, b2] = await Promise.all([
      ann.connect(),
      ann.connect(),
      ann.connect(),
      ben.connect(),
      ben.connect(),
    ]);
    const clientMsgId = newClientMsgId();
    const sent = await phone.say({ toUserId: ben.id }, 'Hello, Ben 👋', clientMsgId);
    expect(sent).toEqual({
      messageId: expect.stringMatching(/^.{1,64}$/),
      conversationId: expect.stringMatching(/^.{1,64}$/),
      seq: 1,
      sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      duplicate: false,
    });
    const message = {
      id: sent.messageId,
      conversationId: sent.conversationId,
      seq: 1,
      senderId: ann.id,
      type: 'text',
      content: { text: 'Hello, Ben 👋' },
      sentAt: sent.sentAt,
    };
    for (const device of [b1, b2]) expect(await device.waitForText('Hello, Ben 👋')).toEqual(message);
    for (const device of [laptop, tablet])
      expect(await device.waitForText('Hello, Ben 👋')).toEqual({ ...message, clientMsgId });
    for (const device of [phone, laptop, tablet, b1, b2]) await device.settle();
    // the sending socket has its ack, and nobody gets anything twice
    expect(phone.messages()).toEqual([]);
    for (const device of [laptop, tablet, b1, b2]) expect(device.messages()).toHaveLength(1);
  });

  it('needs nothing made before, and later all ways lead to the same conversation', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const first = await annDevice.say({ toUserId: ben.id }, 'one');
    const answer = await benDevice.say({ toUserId: ann.id }, 'two');
    const named = await annDevice.say({ conversationId: first.conversationId }, 'three');
    const posted = await ben.post(first.conversationId, 'four');
    for (const other of [answer, named, posted]) expect(other.conversationId).toBe(first.conversationId);
    expect([first, answer, named, posted].map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const opened = await ann.ok<Conversation>('POST', '/conversations/direct', { userId: ben.id });
    expect(opened.id).toBe(first.conversationId);
  });

  it('comes back exactly as it was typed', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const texts = [
      ' leading and trailing \n',
      '<script>alert(1)</script> & "quotes" \'and\' `ticks` \\ %s ${x}',
      "Robert'); DROP TABLE messages;--",
      'e\u0301 é \u202eright to left\u202c 漢字 العربية',
      '👨‍👩‍👧‍👦🏳️‍🌈',
      '\u0001\u001b[31m\r\n\t',
      '\ufeff\u200b',
      '{"__proto__":{"x":1}}',
      'x'.repeat(4000),
      '🐧'.repeat(4000),
    ];
    for (const words of texts) {
      const { conversationId, seq } = await annDevice.say({ toUserId: ben.id }, words);
      expect((await benDevice.waitForText(words)).content).toEqual({ text: words });
      const page = await ben.ok<MessagePage>('GET', `/conversations/${conversationId}/messages?afterSeq=${seq - 1}`);
      expect(page.messages.map(({ content }) => content)).toEqual([{ text: words }]);
    }
  });

  it.each([
    ['an empty text', text(''), 'content.text'],
    ['a text too long by one', text('x'.repeat(4001)), 'content.text'],
    ['a text with NUL', text('a\0b'), 'content.text'],
    ['half a surrogate pair', text('a\ud83d'), 'content.text'],
    ['a number for a text', text(7 as unknown as string), 'content.text'],
    ['no content', text('', { content: undefined }), 'content'],
    ['content that is null', text('', { content: null }), 'content'],
    ['content that is a list', text('', { content: ['x'] }), 'content'],
    ['more content than there is', text('x', { content: { text: 'x', html: '<b>' } }), 'content.html'],
    ['an unknown type', text('x', { type: 'video' }), 'type'],
    ['a system message', text('x', { type: 'system', content: { event: 'created' } }), 'type'],
    ['no clientMsgId', text('x', { clientMsgId: undefined }), 'clientMsgId'],
    ['an empty clientMsgId', text('x', { clientMsgId: '' }), 'clientMsgId'],
    ['a long clientMsgId', text('x', { clientMsgId: 'c'.repeat(65) }), 'clientMsgId'],
    ['a clientMsgId that is a number', text('x', { clientMsgId: 1 }), 'clientMsgId'],
    ['a sender', text('x', { senderId: nobody() }), 'senderId'],
    ['a seq', text('x', { seq: 1 }), 'seq'],
    ['a reply that is no reference', text('x', { replyTo: 'm' }), 'replyTo'],
    ['a reply without an id', text('x', { replyTo: { seq: 1 } }), 'replyTo.messageId'],
    ['a reply to seq 0', text('x', { replyTo: { messageId: 'm', seq: 0 } }), 'replyTo.seq'],
    ['a reply with more', text('x', { replyTo: { messageId: 'm', seq: 1, text: 'y' } }), 'replyTo.text'],
  ])('is refused with %s, on a socket and over HTTP, and leaves nothing', async (_what, payload, path) => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const { id } = await ann.ok<Conversation>('POST', '/conversations/direct', { userId: ben.id });
    expectRefusal(await device.raw('message:send', { ...payload, toUserId: ben.id }), 'validation_failed', path);
    expectProblem(await ann.http('POST', `/conversations/${id}/messages`, payload), 'validation_failed', path);
    expect((await ann.ok<Conversation>('GET', `/conversations/${id}`)).lastSeq).toBe(0);
  });

  it('has an id that any character makes another one', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const ids = ['one', 'One', 'one ', ' one', 'one  ', 'óne', 'o\u0301ne', '|one', '😀'.repeat(63), '😀'.repeat(64)];
    const seqOf = async (id: string) => (await device.say({ toUserId: ben.id }, id, id)).seq;
    for (const [index, id] of ids.entries()) expect(await seqOf(id)).toBe(index + 1);
    for (const [index, id] of ids.entries()) expect(await seqOf(id)).toBe(index + 1);
  });

  it('goes to exactly one target', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const { id } = await ann.ok<Conversation>('POST', '/conversations/direct', { userId: ben.id });
    const send = (target: object) => device.raw('message:send', text('x', target));
    expectRefusal(await send({}), 'validation_failed');
    expectRefusal(await send({ toUserId: ben.id, conversationId: id }), 'validation_failed');
    expectRefusal(await send({ toUserId: ben.id, toGroupId: nobody() }), 'validation_failed');
    expectRefusal(await send({ toUserId: 7 }), 'validation_failed', 'toUserId');
    expectRefusal(await send({ toUserId: { $ne: 1 } }), 'validation_failed', 'toUserId');
    expectRefusal(await send({ toUserId: ann.id }), 'validation_failed');
    const path = `/conversations/${id}/messages`;
    expectProblem(await ann.http('POST', path, text('x', { toUserId: ben.id })), 'validation_failed', 'toUserId');
    expectProblem(
      await ann.http('POST', path, text('x', { conversationId: id })),
      'validation_failed',
      'conversationId',
    );
  });
});

describe('A message to a stranger', () => {
  it('is refused, and one to nobody finds nobody', async () => {
    const [ann, eve] = await people('ann', 'eve');
    const device = await eve.connect();
    expect(await device.refused({ toUserId: ann.id })).toBe('not_friends');
    expect(await device.refused({ toUserId: nobody() })).toBe('not_found');
    expect(await device.refused({ conversationId: nobody() })).toBe('not_found');
    expect(await device.refused({ toGroupId: nobody() })).toBe('not_found');
    expect(await conversations(eve)).toEqual([]);
    expect(await conversations(ann)).toEqual([]);
  });

  it('does not open a conversation either', async () => {
    const [ann, eve] = await people('ann', 'eve');
    const open = (userId: unknown) => eve.http('POST', '/conversations/direct', { userId });
    expectProblem(await open(ann.id), 'not_friends');
    expectProblem(await open(nobody()), 'not_found');
    expectProblem(await open(eve.id), 'validation_failed');
    expectProblem(await open(null), 'validation_failed', 'userId');
    expectProblem(await open('a/b'), 'validation_failed', 'userId');
  });

  it('cannot be slipped into somebody else’s conversation, which is not to be found', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    const { conversationId: id, messageId } = await (await ann.connect()).say({ toUserId: ben.id }, 'between us');
    const device = await eve.connect();
    expect(await device.refused({ conversationId: id })).toBe('not_found');
    expectRefusal(await device.emit('conversation:sync', { conversationId: id, afterSeq: 0 }), 'not_found');
    expectRefusal(await device.emit('conversation:read', { conversationId: id, seq: 1 }), 'not_found');
    expectRefusal(await device.emit('typing', { conversationId: id, active: true }), 'not_found');
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { muted: true }],
      ['GET', '/messages', undefined],
      ['POST', '/messages', text('x')],
      ['PUT', '/read', { seq: 1 }],
    ] as const)
      expectProblem(await eve.http(method, `/conversations/${id}${path}`, body), 'not_found');
    await befriend(eve, ann);
    const reply = text('x', { toUserId: ann.id, replyTo: { messageId, seq: 1 } });
    expectRefusal(await device.raw('message:send', reply), 'not_found');
  });
});

describe('A reply', () => {
  it('names the message that it answers', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const first = await annDevice.say({ toUserId: ben.id }, 'coming?');
    const replyTo = { messageId: first.messageId, seq: first.seq };
    await benDevice.ok('message:send', { ...text('yes'), toUserId: ann.id, replyTo });
    expect((await annDevice.waitForText('yes')).replyTo).toEqual(replyTo);
    const { messages } = await ann.ok<MessagePage>('GET', `/conversations/${first.conversationId}/messages`);
    expect(messages[0]).toMatchObject({ content: { text: 'yes' }, replyTo });
  });

  it('to what is not there, or not by that seq, is not found', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const { messageId, seq } = await device.say({ toUserId: ben.id }, 'one');
    await device.say({ toUserId: ben.id }, 'two');
    for (const replyTo of [
      { messageId, seq: seq + 1 },
      { messageId, seq: 99 },
      { messageId: nobody(), seq },
    ])
      expectRefusal(await device.raw('message:send', text('x', { toUserId: ben.id, replyTo })), 'not_found');
  });
});

describe('A conversation', () => {
  it('shows the other one, the newest message and how much is unread', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    await device.say({ toUserId: ben.id }, 'one');
    const { conversationId: id, sentAt } = await device.say({ toUserId: ben.id }, 'two');
    const seen = await ben.ok<Conversation>('GET', `/conversations/${id}`);
    expect(seen).toEqual({
      id,
      type: 'direct',
      peer: ann.user,
      lastMessage: expect.objectContaining({ seq: 2, content: { text: 'two' }, senderId: ann.id }),
      lastSeq: 2,
      readSeq: 0,
      unread: 2,
      muted: false,
      pinned: false,
      peerReadSeq: 2,
      updatedAt: sentAt,
    });
    expect(seen.lastMessage).not.toHaveProperty('clientMsgId');
    expect(await conversations(ben)).toEqual([seen]);
    expect(await ann.ok('GET', `/conversations/${id}`)).toMatchObject({ peer: ben.user, readSeq: 2, unread: 0 });
  });

  it('list has the newest activity first, in pages, each once', async () => {
    const ann = await person();
    const others = await people('b', 'c', 'd');
    for (const other of others) await befriend(ann, other);
    const device = await ann.connect();
    const ids: string[] = [];
    for (const other of others) ids.push((await device.say({ toUserId: other.id }, 'hello')).conversationId);
    expect((await conversations(ann)).map(({ id }) => id)).toEqual([...ids].reverse());
    await (await others[0].connect()).say({ toUserId: ann.id }, 'hi');
    const order = [ids[0], ids[2], ids[1]];
    expect((await conversations(ann)).map(({ id }) => id)).toEqual(order);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Conversation> = await ann.ok(
        'GET',
        `/conversations?limit=1${cursor ? `&cursor=${cursor}` : ''}`,
      );
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(order);
    const elsewhere = (await ann.ok<Page<unknown>>('GET', '/conversations?limit=1')).nextCursor;
    expectProblem(await ann.http('GET', `/friends?cursor=${elsewhere}`), 'validation_failed', 'cursor');
    for (const query of ['limit=0', 'limit=101', 'cursor=x', 'cursor=W10', 'sort=name'])
      expectProblem(await ann.http('GET', `/conversations?${query}`), 'validation_failed');
  });

  it('is muted and pinned by each for themselves', async () => {
    const [ann, ben] = await friends();
    const { id } = await ann.ok<Conversation>('POST', '/conversations/direct', { userId: ben.id });
    const patch = (body: unknown) => ann.http<Conversation>('PATCH', `/conversations/${id}`, body);
    const devices = await Promise.all([ann.connect(), ann.connect()]);
    const benDevice = await ben.connect();
    expect((await patch({ muted: true, pinned: true })).body).toMatchObject({ muted: true, pinned: true });
    expect((await patch({ muted: false })).body).toMatchObject({ muted: false, pinned: true });
    expect((await patch({})).body).toMatchObject({ muted: false, pinned: true });
    for (const device of devices)
      await device.waitFor(
        'conversation:updated',
        (settings) => settings.conversationId === id && settings.pinned && !settings.muted,
      );
    await benDevice.settle();
    expect(benDevice.all('conversation:updated')).toEqual([]);
    expect(await ben.ok('GET', `/conversations/${id}`)).toMatchObject({ muted: false, pinned: false });
    for (const [body, path] of [
      [{ muted: 'yes' }, 'muted'],
      [{ pinned: 1 }, 'pinned'],
      [{ muted: null }, 'muted'],
      [{ readSeq: 5 }, 'readSeq'],
    ] as const)
      expectProblem(await patch(body), 'validation_failed', path);
    expectProblem(await ann.http('PATCH', `/conversations/${nobody()}`, { muted: true }), 'not_found');
  });

  it('stays readable to both after they part, and takes nothing new', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const { conversationId: id } = await device.say({ toUserId: ben.id }, 'remember this');
    await ben.ok('DELETE', `/friends/${ann.id}`);
    for (const who of [ann, ben]) {
      const { messages } = await who.ok<MessagePage>('GET', `/conversations/${id}/messages`);
      expect(messages.map(({ content }) => content)).toEqual([{ text: 'remember this' }]);
    }
    expect(await device.refused({ conversationId: id })).toBe('not_friends');
    await ben.ok('PUT', `/blocks/${ann.id}`);
    expect(await device.refused({ conversationId: id })).toBe('blocked');
    expect((await ann.ok<Conversation>('GET', `/conversations/${id}`)).lastSeq).toBe(1);
  });
});
