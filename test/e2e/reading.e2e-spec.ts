import type { Conversation, Message, MessagePage, ReadResult } from '@dunlin/contracts/wire';
import { eventually, expectProblem, expectRefusal } from '../support/expectations.js';
import { nobody } from '../support/names.js';
import { friends, people, type Person } from '../support/person.js';

const conversation = (who: Person, id: string): Promise<Conversation> => who.ok('GET', `/conversations/${id}`);
const log = async (who: Person, id: string): Promise<Message[]> =>
  (await who.ok<MessagePage>('GET', `/conversations/${id}/messages?afterSeq=0&limit=200`)).messages;

/** Unread is what others wrote after readSeq: never one's own, never system messages. */
async function expectUnreadAgrees(who: Person, id: string): Promise<number> {
  const [seen, messages] = [await conversation(who, id), await log(who, id)];
  const counted = messages.filter(
    ({ seq, senderId, type }) => seq > seen.readSeq && senderId !== who.id && type !== 'system',
  );
  expect(seen.unread).toBe(counted.length);
  const device = await who.connect();
  const { conversations } = await device.ok('sync', { cursors: {} });
  device.close();
  expect(conversations.find((one) => one.id === id)).toEqual({
    id,
    lastSeq: seen.lastSeq,
    readSeq: seen.readSeq,
    unread: seen.unread,
  });
  return seen.unread;
}

describe('Reading', () => {
  it('moves the cursor, tells one’s own other devices and the other side', async () => {
    const [ann, ben] = await friends();
    const annDevice = await ann.connect();
    const [phone, laptop] = [await ben.connect(), await ben.connect()];
    for (const words of ['one', 'two', 'three']) await annDevice.say({ toUserId: ben.id }, words);
    const { conversationId } = await phone.waitForText('three');
    expect(await phone.ok('conversation:read', { conversationId, seq: 2 })).toEqual({ readSeq: 2, unread: 1 });
    const receipt = { conversationId, userId: ben.id, seq: 2 };
    for (const device of [laptop, annDevice]) expect(await device.waitFor('conversation:read')).toEqual(receipt);
    await phone.settle();
    expect(phone.all('conversation:read')).toEqual([]);
    const { status, body } = await ben.http<ReadResult>('PUT', `/conversations/${conversationId}/read`, { seq: 3 });
    expect(status).toBe(200);
    expect(body).toEqual({ readSeq: 3, unread: 0 });
    for (const device of [phone, laptop, annDevice])
      await device.waitFor('conversation:read', ({ seq, userId }) => seq === 3 && userId === ben.id);
    expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: 3, unread: 0 });
  });

  it('is told to a friend who was away, and to nobody whom one parted with or blocked', async () => {
    for (const part of [`/blocks/`, `/friends/`]) {
      const [ann, ben] = await friends();
      const device = await ann.connect();
      const { conversationId } = await device.say({ toUserId: ben.id }, 'one');
      await device.say({ toUserId: ben.id }, 'two');
      expect(await conversation(ann, conversationId)).not.toHaveProperty('peerReadSeq', 1);
      await ben.ok('PUT', `/conversations/${conversationId}/read`, { seq: 1 });
      expect(await conversation(ann, conversationId)).toMatchObject({ readSeq: 2, peerReadSeq: 1 });
      const { items } = await ann.ok<{ items: Conversation[] }>('GET', '/conversations');
      expect(items.map(({ peerReadSeq }) => peerReadSeq)).toEqual([1]);
      expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: 1, peerReadSeq: 2 });
      await ben.ok(part === '/blocks/' ? 'PUT' : 'DELETE', part + ann.id);
      await ben.ok('PUT', `/conversations/${conversationId}/read`, { seq: 2 });
      await eventually(async () => expect(await conversation(ann, conversationId)).not.toHaveProperty('peerReadSeq'));
    }
  });

  it('never moves back and never beyond the end', async () => {
    const [ann, ben] = await friends();
    const annDevice = await ann.connect();
    const { conversationId } = await annDevice.say({ toUserId: ben.id }, 'one');
    await annDevice.say({ toUserId: ben.id }, 'two');
    const device = await ben.connect();
    const read = (seq: number) => device.ok('conversation:read', { conversationId, seq });
    for (const seq of [1_000_000, 2 ** 31, Number.MAX_SAFE_INTEGER])
      expect(await read(seq)).toEqual({ readSeq: 2, unread: 0 });
    expect((await log(ben, conversationId)).map(({ seq }) => seq)).toEqual([1, 2]);
    const past = `/conversations/${conversationId}/messages?afterSeq=${Number.MAX_SAFE_INTEGER}`;
    expect(await ben.ok('GET', past)).toEqual({ messages: [], hasMore: false, lastSeq: 2 });
    expect(await read(1)).toEqual({ readSeq: 2, unread: 0 });
    expect(await read(0)).toEqual({ readSeq: 2, unread: 0 });
    await annDevice.say({ toUserId: ben.id }, 'three');
    expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: 2, unread: 1, lastSeq: 3 });
  });

  it('is told to one’s own devices alone after a block', async () => {
    const [ann, ben] = await friends();
    const [annDevice, phone, laptop] = await Promise.all([ann.connect(), ben.connect(), ben.connect()]);
    const { conversationId } = await annDevice.say({ toUserId: ben.id }, 'one');
    await phone.waitForText('one');
    await ben.ok('PUT', `/blocks/${ann.id}`);
    await phone.ok('conversation:read', { conversationId, seq: 1 });
    await laptop.waitFor('conversation:read');
    await annDevice.settle();
    expect(annDevice.all('conversation:read')).toEqual([]);
  });

  it('of many at once ends at the highest', async () => {
    const [ann, ben] = await friends();
    const annDevice = await ann.connect();
    let conversationId = '';
    for (let i = 0; i < 8; i++) ({ conversationId } = await annDevice.say({ toUserId: ben.id }, `m${i}`));
    const devices = [await ben.connect(), await ben.connect()];
    await Promise.all(
      [3, 7, 1, 5, 2, 6, 4].map((seq, i) => devices[i % 2]!.ok('conversation:read', { conversationId, seq })),
    );
    expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: 7, unread: 1 });
    await expectUnreadAgrees(ben, conversationId);
  });

  it('in a group is told to the other members', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const [annDevice, benDevice, cyDevice] = await Promise.all([ann.connect(), ben.connect(), cy.connect()]);
    const { conversationId, seq } = await annDevice.say({ toGroupId: group.id }, 'read me');
    await benDevice.ok('conversation:read', { conversationId, seq });
    for (const device of [annDevice, cyDevice])
      expect(await device.waitFor('conversation:read', ({ userId }) => userId === ben.id)).toEqual({
        conversationId,
        userId: ben.id,
        seq,
      });
  });

  it('in a group is told to a member who was away; who merely joined has read nothing', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const { id, conversationId } = await ann.makeGroup([ben]);
    const device = await ann.connect();
    const { seq } = await device.say({ toGroupId: id }, 'one');
    await device.say({ toGroupId: id }, 'two');
    device.close();
    await cy.ok('POST', `/groups/${id}/join`, {});
    await eventually(async () => expect((await conversation(cy, conversationId)).lastSeq).toBe(seq + 2));
    expect(await conversation(ann, conversationId)).not.toHaveProperty('othersReadSeq');
    await ben.ok('PUT', `/conversations/${conversationId}/read`, { seq });
    expect(await conversation(ann, conversationId)).toMatchObject({ readSeq: seq + 1, othersReadSeq: seq });
    const { items } = await ann.ok<{ items: Conversation[] }>('GET', '/conversations');
    expect(items.map(({ othersReadSeq }) => othersReadSeq)).toEqual([seq]);
    // who has written has read
    expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: seq, othersReadSeq: seq + 1 });
    await ben.ok('POST', `/groups/${id}/leave`);
    await eventually(async () => expect(await conversation(ann, conversationId)).not.toHaveProperty('othersReadSeq'));
  });

  it('in a group of more than a hundred is told to the reader’s own devices alone', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const crowd = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 14) {
        const more = await people(...Array.from({ length: Math.min(left, 14) }, (_, i) => `crowd${i}.`));
        await Promise.all(more.map((who) => who.ok('POST', `/groups/${group.id}/join`, {})));
      }
    };
    await crowd(98);
    const [annDevice, phone, laptop] = [
      await ann.connect({ gateway: 0 }),
      await ben.connect(),
      await ben.connect({ gateway: 0 }),
    ];
    const { conversationId, seq } = await annDevice.say({ toGroupId: group.id }, 'a hundred of us');
    await phone.ok('conversation:read', { conversationId, seq });
    await annDevice.waitFor('conversation:read', (receipt) => receipt.seq === seq);
    expect(await conversation(ann, conversationId)).toMatchObject({ othersReadSeq: seq });
    await crowd(1);
    const last = await annDevice.say({ toGroupId: group.id }, 'one more');
    await phone.ok('conversation:read', { conversationId, seq: last.seq });
    await laptop.waitFor('conversation:read', (receipt) => receipt.seq === last.seq);
    await annDevice.settle();
    expect(annDevice.all('conversation:read').map((receipt) => receipt.seq)).toEqual([seq]);
    expect(await conversation(ann, conversationId)).not.toHaveProperty('othersReadSeq');
  });

  it.each([
    ['no id', { seq: 1 }, 'conversationId'],
    ['no seq', { conversationId: 'x' }, 'seq'],
    ['a text for a seq', { conversationId: 'x', seq: '1' }, 'seq'],
    ['a negative seq', { conversationId: 'x', seq: -1 }, 'seq'],
    ['half a seq', { conversationId: 'x', seq: 1.5 }, 'seq'],
    ['a seq that is null', { conversationId: 'x', seq: null }, 'seq'],
    ['an unknown field', { conversationId: 'x', seq: 1, all: true }, 'all'],
  ])('is refused with %s', async (_what, payload, path) => {
    const [ann, ben] = await friends();
    const { conversationId, seq } = await (await ann.connect()).say({ toUserId: ben.id }, 'x');
    const device = await ben.connect();
    expectRefusal(await device.raw('conversation:read', payload), 'validation_failed', path);
    if (path !== 'conversationId') {
      const { conversationId: _, ...body } = payload as { conversationId?: string };
      expectProblem(await ben.http('PUT', `/conversations/${conversationId}/read`, body), 'validation_failed', path);
    }
    expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: 0, unread: seq });
  });

  it('what is not there is not found', async () => {
    const [ann] = await people('ann');
    expectProblem(await ann.http('PUT', `/conversations/${nobody()}/read`, { seq: 1 }), 'not_found');
  });
});

describe('Unread', () => {
  it('counts what others wrote, never one’s own, and a send moves the sender’s own cursor', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const { conversationId } = await annDevice.say({ toUserId: ben.id }, 'one');
    await annDevice.say({ toUserId: ben.id }, 'two');
    expect(await expectUnreadAgrees(ben, conversationId)).toBe(2);
    expect(await expectUnreadAgrees(ann, conversationId)).toBe(0);
    const { seq } = await benDevice.say({ toUserId: ann.id }, 'three');
    expect(await conversation(ben, conversationId)).toMatchObject({ readSeq: seq, unread: 0 });
    expect(await expectUnreadAgrees(ann, conversationId)).toBe(1);
    await annDevice.say({ toUserId: ben.id }, 'four');
    expect(await expectUnreadAgrees(ben, conversationId)).toBe(1);
    expect(await expectUnreadAgrees(ann, conversationId)).toBe(0);
  });

  it('never counts system messages', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben]);
    const device = await ann.connect();
    await device.say({ toGroupId: group.id }, 'one');
    await cy.ok('POST', `/groups/${group.id}/join`, {});
    await ann.ok('PATCH', `/groups/${group.id}`, { name: 'Renamed' });
    await device.say({ toGroupId: group.id }, 'two');
    await cy.ok('POST', `/groups/${group.id}/leave`);
    await eventually(async () => expect((await conversation(ben, group.conversationId)).lastSeq).toBe(7));
    expect(await expectUnreadAgrees(ben, group.conversationId)).toBe(2);
    const { readSeq } = await ben.ok<ReadResult>('PUT', `/conversations/${group.conversationId}/read`, { seq: 4 });
    expect(readSeq).toBe(4);
    expect(await expectUnreadAgrees(ben, group.conversationId)).toBe(1);
  });

  it('agrees with the log after people wrote and read all at once', async () => {
    const all = await people('ann', 'ben', 'cy', 'dora');
    const [ann, ...others] = all;
    const group = await ann.makeGroup(others);
    const id = group.conversationId;
    const devices = await Promise.all(all.map((who) => who.connect()));
    await Promise.all(
      devices.map(async (device, who) => {
        for (let i = 0; i < 12; i++) {
          const { seq } = await device.say({ toGroupId: group.id }, `${who}:${i}`);
          if (i % 4 === who) await device.ok('conversation:read', { conversationId: id, seq: seq - who });
        }
      }),
    );
    const unread = await Promise.all(all.map((who) => expectUnreadAgrees(who, id)));
    // whoever wrote last has read everything by that
    expect(Math.min(...unread)).toBe(0);
    const messages = await log(ann as Person, id);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
  });

  it('of a joiner begins at the join', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([]);
    const device = await ann.connect();
    for (let i = 0; i < 3; i++) await device.say({ toGroupId: group.id }, `before ${i}`);
    await ben.ok('POST', `/groups/${group.id}/join`, {});
    expect((await conversation(ben, group.conversationId)).unread).toBe(0);
    await device.say({ toGroupId: group.id }, 'after');
    expect((await conversation(ben, group.conversationId)).unread).toBe(1);
    expect(await expectUnreadAgrees(ben, group.conversationId)).toBe(1);
  });
});
