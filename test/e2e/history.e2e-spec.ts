import type { Conversation, MessagePage, SyncResult } from '@dunlin/contracts/wire';
import { expectProblem, expectRefusal } from '../support/expectations.js';
import { nobody } from '../support/names.js';
import { friends, people, person, type Person } from '../support/person.js';

const seqs = (page: MessagePage): number[] => page.messages.map(({ seq }) => seq);
const page = (who: Person, id: string, query: string): Promise<MessagePage> =>
  who.ok('GET', `/conversations/${id}/messages?${query}`);

describe('The history', () => {
  let ann: Person;
  let ben: Person;
  let id: string;

  beforeAll(async () => {
    [ann, ben] = await friends();
    const device = await ann.connect();
    for (let i = 1; i <= 12; i++) ({ conversationId: id } = await device.say({ toUserId: ben.id }, `number ${i}`));
  });

  it('goes up after a seq', async () => {
    const first = await page(ben, id, 'afterSeq=0&limit=5');
    expect(seqs(first)).toEqual([1, 2, 3, 4, 5]);
    expect(first).toMatchObject({ hasMore: true, lastSeq: 12 });
    const last = await page(ben, id, 'afterSeq=10&limit=5');
    expect(seqs(last)).toEqual([11, 12]);
    expect(last.hasMore).toBe(false);
    expect(await page(ben, id, 'afterSeq=12')).toEqual({ messages: [], hasMore: false, lastSeq: 12 });
    expect(await page(ben, id, 'afterSeq=1000')).toEqual({ messages: [], hasMore: false, lastSeq: 12 });
  });

  it('goes down before a seq', async () => {
    const first = await page(ben, id, 'beforeSeq=13&limit=5');
    expect(seqs(first)).toEqual([12, 11, 10, 9, 8]);
    expect(first.hasMore).toBe(true);
    const last = await page(ben, id, 'beforeSeq=3&limit=5');
    expect(seqs(last)).toEqual([2, 1]);
    expect(last.hasMore).toBe(false);
    expect(seqs(await page(ben, id, 'beforeSeq=1'))).toEqual([]);
  });

  it('begins with the newest page', async () => {
    expect(seqs(await page(ben, id, 'limit=3'))).toEqual([12, 11, 10]);
    expect(seqs(await page(ben, id, ''))).toHaveLength(12);
  });

  it('is the same to both, but for the clientMsgId that only its sender sees', async () => {
    const mine = await page(ann, id, 'afterSeq=0');
    const theirs = await page(ben, id, 'afterSeq=0');
    for (const message of mine.messages) expect(message.clientMsgId).toEqual(expect.any(String));
    for (const message of theirs.messages) expect(message).not.toHaveProperty('clientMsgId');
    expect(mine.messages.map(({ clientMsgId: _, ...rest }) => rest)).toEqual(theirs.messages);
  });

  it('is the same over a socket', async () => {
    const device = await ben.connect();
    const synced = await device.ok('conversation:sync', { conversationId: id, afterSeq: 4, limit: 3 });
    expect(synced).toEqual(await page(ben, id, 'afterSeq=4&limit=3'));
    expect(await device.ok('conversation:sync', { conversationId: id, afterSeq: 12 })).toEqual({
      messages: [],
      hasMore: false,
      lastSeq: 12,
    });
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=-5',
    'limit=2.5',
    'limit=abc',
    'limit=',
    'limit=1e2',
    'limit=0x10',
    'limit=99999999999999999999',
    'afterSeq=-1',
    'afterSeq=x',
    'afterSeq=1.5',
    'afterSeq=',
    'afterSeq=NaN',
    'afterSeq=99999999999999999999',
    'beforeSeq=0',
    'beforeSeq=-1',
    'beforeSeq=x',
    'afterSeq=1&beforeSeq=5',
    'afterSeq=1&afterSeq=2',
    'cursor=abc',
  ])('refuses ?%s', async (query) => {
    expectProblem(await ben.http('GET', `/conversations/${id}/messages?${query}`), 'validation_failed');
  });

  it('takes the longest page there is', async () => {
    expect(seqs(await page(ben, id, 'limit=200'))).toHaveLength(12);
  });

  it.each([
    ['no id', { afterSeq: 0 }, 'conversationId'],
    ['an id that is none', { conversationId: {}, afterSeq: 0 }, 'conversationId'],
    ['no seq', { conversationId: 'x' }, 'afterSeq'],
    ['a text for a seq', { conversationId: 'x', afterSeq: '0' }, 'afterSeq'],
    ['a negative seq', { conversationId: 'x', afterSeq: -1 }, 'afterSeq'],
    ['half a seq', { conversationId: 'x', afterSeq: 0.5 }, 'afterSeq'],
    ['a huge seq', { conversationId: 'x', afterSeq: 1e300 }, 'afterSeq'],
    ['a limit of 0', { conversationId: 'x', afterSeq: 0, limit: 0 }, 'limit'],
    ['a limit of 201', { conversationId: 'x', afterSeq: 0, limit: 201 }, 'limit'],
    ['a limit that is null', { conversationId: 'x', afterSeq: 0, limit: null }, 'limit'],
    ['an unknown field', { conversationId: 'x', afterSeq: 0, beforeSeq: 3 }, 'beforeSeq'],
  ])('on a socket refuses %s', async (_what, payload, path) => {
    const device = await ben.connect();
    expectRefusal(await device.raw('conversation:sync', payload), 'validation_failed', path);
  });

  it('of nothing is not found', async () => {
    expectProblem(await ben.http('GET', `/conversations/${nobody()}/messages`), 'not_found');
    const device = await ben.connect();
    expectRefusal(await device.emit('conversation:sync', { conversationId: nobody(), afterSeq: 0 }), 'not_found');
  });
});

describe('What was missed', () => {
  it('comes by sync after being away, conversations that are new included', async () => {
    const [ann, ben] = await friends();
    const cy = await person('cy');
    const first = await ben.connect();
    const annDevice = await ann.connect();
    const { conversationId } = await annDevice.say({ toUserId: ben.id }, 'while you are here');
    await first.waitForText('while you are here');
    first.close();
    await annDevice.say({ toUserId: ben.id }, 'while you are away');
    await annDevice.say({ toUserId: ben.id }, 'and once more');
    const group = await cy.makeGroup([ben]);
    await (await cy.connect()).say({ toGroupId: group.id }, 'welcome');

    const back = await ben.connect();
    const news = await back.ok('sync', { cursors: { [conversationId]: 1 } });
    expect(news.more).toBe(false);
    expect(news.conversations).toHaveLength(2);
    expect(news.conversations).toContainEqual({ id: conversationId, lastSeq: 3, readSeq: 0, unread: 3 });
    expect(news.conversations.map(({ id }) => id)).toContain(group.conversationId);
    const missed = await back.ok('conversation:sync', { conversationId, afterSeq: 1 });
    expect(missed.messages.map(({ content }) => content)).toEqual([
      { text: 'while you are away' },
      { text: 'and once more' },
    ]);
    const cursors = Object.fromEntries(news.conversations.map(({ id, lastSeq }) => [id, lastSeq]));
    expect(await back.ok('sync', { cursors })).toEqual({ conversations: [], more: false });
    // nothing is sent a second time by itself
    expect(back.messages()).toEqual([]);
  });

  it('comes in rounds of a hundred conversations until there is no more', async () => {
    const ann = await person();
    const groups = await Promise.all(
      Array.from({ length: 105 }, (_, i) =>
        ann.ok<{ conversationId: string }>('POST', '/groups', { name: `g${i}`, joinPolicy: 'open' }),
      ),
    );
    const device = await ann.connect();
    const seen = new Map<string, number>();
    const rounds: SyncResult[] = [];
    do {
      const round: SyncResult = await device.ok('sync', { cursors: Object.fromEntries(seen) });
      for (const { id, lastSeq } of round.conversations) seen.set(id, lastSeq);
      rounds.push(round);
    } while (rounds.at(-1)?.more);
    expect(rounds.map(({ conversations }) => conversations.length)).toEqual([100, 5]);
    expect([...seen.keys()].sort()).toEqual(groups.map(({ conversationId }) => conversationId).sort());
  });

  it('leaves out what is nobody’s business', async () => {
    const [ann, ben] = await friends();
    const { conversationId } = await (await ann.connect()).say({ toUserId: ben.id }, 'ours');
    const eve = await (await person('eve')).connect();
    expect(await eve.ok('sync', { cursors: { [conversationId]: 0, [nobody()]: 5 } })).toEqual({
      conversations: [],
      more: false,
    });
  });

  it.each([
    ['no cursors', {}],
    ['cursors that are null', { cursors: null }],
    ['a list of cursors', { cursors: [] }],
    ['a text for a seq', { cursors: { x: '1' } }],
    ['a negative seq', { cursors: { x: -1 } }],
    ['a conversation id that is none', { cursors: { 'a b': 1 } }],
    ['an object for a seq', { cursors: { x: {} } }],
    ['an unknown field', { cursors: {}, all: true }],
  ])('is not told for %s', async (_what, payload) => {
    const device = await (await person()).connect();
    expectRefusal(await device.raw('sync', payload), 'validation_failed');
  });
});

describe('A joiner’s history', () => {
  it('begins at the join: messages, last message, unread and replies', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([]);
    const annDevice = await ann.connect();
    const before = await annDevice.say({ toGroupId: group.id }, 'before');
    await ben.ok('POST', `/groups/${group.id}/join`, {});
    const fresh = await ben.ok<Conversation>('GET', `/conversations/${group.conversationId}`);
    expect(fresh.unread).toBe(0);
    expect(fresh.lastMessage).toMatchObject({ content: { event: 'member_joined', userId: ben.id } });
    await annDevice.say({ toGroupId: group.id }, 'after');
    const { messages } = await page(ben, group.conversationId, 'afterSeq=0');
    expect(messages.map(({ content }) => content)).toEqual([
      { event: 'member_joined', userId: ben.id },
      { text: 'after' },
    ]);
    expect(seqs(await page(ben, group.conversationId, `beforeSeq=${before.seq + 1}`))).toEqual([]);
    const device = await ben.connect();
    const synced = await device.ok('conversation:sync', { conversationId: group.conversationId, afterSeq: 0 });
    expect(synced.messages).toEqual(messages);
    expect(await ben.ok('GET', `/conversations/${group.conversationId}`)).toMatchObject({ unread: 1 });
    const reply = {
      clientMsgId: 'r',
      type: 'text',
      content: { text: 'to what?' },
      toGroupId: group.id,
      replyTo: { messageId: before.messageId, seq: before.seq },
    };
    expectRefusal(await device.raw('message:send', reply), 'not_found');
  });
});
