import type { Conversation, Message, MessagePage } from '@dunlin/contracts/wire';
import type { Device } from '../support/device.js';
import { expectProblem, expectRefusal } from '../support/expectations.js';
import { people, type Person } from '../support/person.js';

const texts = (messages: Message[]): string[] =>
  messages.flatMap(({ content }) => ('text' in content ? [content.text] : []));
const readable = async (who: Person, conversationId: string): Promise<string[]> =>
  texts((await who.ok<MessagePage>('GET', `/conversations/${conversationId}/messages?afterSeq=0&limit=200`)).messages);

/** A device of each on the same gateway: when one has a message, the other has it or never gets it. */
const side = (one: Person, other: Person): Promise<[Device, Device]> =>
  Promise.all([one.connect({ gateway: 0 }), other.connect({ gateway: 0 })]);

async function expectNoCopy(of: string, { gone, there }: { gone: Device; there: Device }): Promise<void> {
  await there.waitForText(of);
  await gone.settle();
  expect(texts(gone.messages())).not.toContain(of);
}

describe('A message to a group', () => {
  it('reaches every device of every member and nobody else', async () => {
    const [ann, ben, cy, eve] = await people('ann', 'ben', 'cy', 'eve');
    const group = await ann.makeGroup([ben, cy]);
    const sender = await ann.connect();
    const devices = await Promise.all([ann, ben, ben, cy, cy].map((who) => who.connect()));
    const outsider = await eve.connect({ gateway: 0 });
    const witness = await cy.connect({ gateway: 0 });
    const sent = await sender.say({ toGroupId: group.id }, 'hello all');
    expect(sent.conversationId).toBe(group.conversationId);
    for (const device of devices)
      expect(await device.waitForText('hello all')).toMatchObject({
        id: sent.messageId,
        conversationId: group.conversationId,
        seq: sent.seq,
        senderId: ann.id,
      });
    await expectNoCopy('hello all', { gone: outsider, there: witness });
    await sender.settle();
    expect(texts(sender.messages())).toEqual([]);
  });

  it('can be sent by conversation, by group and over HTTP alike', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const device = await ben.connect();
    await device.say({ toGroupId: group.id }, 'one');
    await device.say({ conversationId: group.conversationId }, 'two');
    await ben.post(group.conversationId, 'three');
    expect(await readable(ann, group.conversationId)).toEqual(['one', 'two', 'three']);
  });

  it('shows its group in the conversation', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const seen = await ben.ok<Conversation>('GET', `/conversations/${group.conversationId}`);
    expect(seen).toMatchObject({ type: 'group', group: { ...group, memberCount: 2, myRole: 'member' } });
    expect(seen).not.toHaveProperty('peer');
  });
});

describe('No copy goes to', () => {
  it('who has left, live or later', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const [gone, there] = await side(ben, cy);
    const sender = await ann.connect();
    await sender.say({ toGroupId: group.id }, 'with you');
    await gone.waitForText('with you');
    await ben.ok('POST', `/groups/${group.id}/leave`);
    await sender.say({ toGroupId: group.id }, 'without you');
    await expectNoCopy('without you', { gone, there });
    expectRefusal(
      await gone.emit('conversation:sync', { conversationId: group.conversationId, afterSeq: 0 }),
      'not_found',
    );
    expectProblem(await ben.http('GET', `/conversations/${group.conversationId}`), 'not_found');
    expectProblem(await ben.http('GET', `/conversations/${group.conversationId}/messages`), 'not_found');
    const news = await gone.ok('sync', { cursors: {} });
    expect(news.conversations.map(({ id }) => id)).not.toContain(group.conversationId);
    expect(await gone.refused({ toGroupId: group.id })).toBe('not_a_member');
    expect(await gone.refused({ conversationId: group.conversationId })).toBe('not_a_member');
  });

  it('who was kicked', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const [gone, there] = await side(ben, cy);
    const sender = await ann.connect();
    await ann.ok('DELETE', `/groups/${group.id}/members/${ben.id}`);
    await sender.say({ toGroupId: group.id }, 'without you');
    await expectNoCopy('without you', { gone, there });
    expectProblem(await ben.http('GET', `/conversations/${group.conversationId}/messages`), 'not_found');
  });

  it('who is no friend any more', async () => {
    const [ann, ben] = await people('ann', 'ben');
    await ann.makeGroup([ben]); // makes them friends
    const [gone, there] = await side(ben, ann);
    const sender = await ann.connect();
    await sender.say({ toUserId: ben.id }, 'still friends');
    await there.waitForText('still friends');
    await gone.waitForText('still friends');
    await ben.ok('DELETE', `/friends/${ann.id}`);
    expect(await sender.refused({ toUserId: ben.id }, 'not any more')).toBe('not_friends');
    await gone.settle();
    expect(texts(gone.messages())).toEqual(['still friends']);
  });

  it('who was never there', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    const group = await ann.makeGroup([ben], { joinPolicy: 'open' });
    const [outside, there] = await side(eve, ben);
    await (await ann.connect()).say({ toGroupId: group.id }, 'members only');
    await expectNoCopy('members only', { gone: outside, there });
    expect(await outside.refused({ toGroupId: group.id })).toBe('not_a_member');
    expect(await outside.refused({ conversationId: group.conversationId })).toBe('not_found');
    expectRefusal(await outside.emit('typing', { conversationId: group.conversationId, active: true }), 'not_found');
    const secret = await ann.makeGroup([ben], { joinPolicy: 'invite' });
    expect(await outside.refused({ toGroupId: secret.id })).toBe('not_found');
  });
});

describe('Who joins', () => {
  it('sees what is sent from then on, live and later, and what came before not', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([]);
    const sender = await ann.connect();
    const device = await ben.connect();
    await sender.say({ toGroupId: group.id }, 'before');
    await ben.ok('POST', `/groups/${group.id}/join`, {});
    await sender.say({ toGroupId: group.id }, 'after');
    await device.waitForText('after');
    expect(texts(device.messages())).toEqual(['after']);
    expect(await readable(ben, group.conversationId)).toEqual(['after']);
    expect(await readable(ann, group.conversationId)).toEqual(['before', 'after']);
  });

  it('again after leaving sees nothing of the time between', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const sender = await ann.connect();
    await sender.say({ toGroupId: group.id }, 'first stay');
    await ben.ok('POST', `/groups/${group.id}/leave`);
    await sender.say({ toGroupId: group.id }, 'away');
    await ben.ok('POST', `/groups/${group.id}/join`, {});
    const device = await ben.connect();
    await sender.say({ toGroupId: group.id }, 'second stay');
    await device.waitForText('second stay');
    const seen = await readable(ben, group.conversationId);
    expect(seen).not.toContain('away');
    expect(seen).toContain('second stay');
    expect((await ben.ok<Conversation>('GET', `/conversations/${group.conversationId}`)).unread).toBe(1);
  });

  it('while many are sending has exactly the messages from the join on, without a hole', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben]);
    const senders = await Promise.all([ann.connect(), ben.connect()]);
    const device = await cy.connect();
    const burst = (from: number) =>
      Promise.all(Array.from({ length: 15 }, (_, i) => senders[i % 2]!.say({ toGroupId: group.id }, `m${from + i}`)));
    const first = burst(0);
    const joined = cy.ok('POST', `/groups/${group.id}/join`, {});
    await Promise.all([first, joined, burst(100)]);
    const last = await senders[0]!.say({ toGroupId: group.id }, 'the last one');
    await device.waitForText('the last one');
    const { messages } = await cy.ok<MessagePage>(
      'GET',
      `/conversations/${group.conversationId}/messages?afterSeq=0&limit=200`,
    );
    expect(messages[0]?.content).toEqual({ event: 'member_joined', userId: cy.id });
    const own = messages.map(({ seq }) => seq);
    expect(own).toEqual(Array.from({ length: own.length }, (_, i) => (own[0] as number) + i));
    expect(own.at(-1)).toBe(last.seq);
    const live = device.messages(group.conversationId).map(({ seq }) => seq);
    expect([...new Set(live)].sort((a, b) => a - b)).toEqual(own);
  });
});
