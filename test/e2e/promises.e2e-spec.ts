import type { MessagePage, SendResult } from '@dunlin/contracts/wire';
import { expectProblem, expectRefusal } from '../support/expectations.js';
import { dataUri, picture } from '../support/images.js';
import { newClientMsgId } from '../support/names.js';
import { friends, people, type Person } from '../support/person.js';

const log = (who: Person, id: string): Promise<MessagePage> =>
  who.ok('GET', `/conversations/${id}/messages?afterSeq=0&limit=200`);
const place = ({ messageId, conversationId, seq, sentAt }: SendResult) => ({ messageId, conversationId, seq, sentAt });

describe('The same clientMsgId', () => {
  it('is stored once and answered alike for ever, from any device and way', async () => {
    const [ann, ben] = await friends();
    const phone = await ann.connect();
    const clientMsgId = newClientMsgId();
    const first = await phone.say({ toUserId: ben.id }, 'once', clientMsgId);
    expect(first.duplicate).toBe(false);
    const laptop = await ann.connect();
    const elsewhere = await ann.signInAgain();
    const repeats = [
      await phone.say({ toUserId: ben.id }, 'once', clientMsgId),
      await laptop.say({ toUserId: ben.id }, 'once', clientMsgId),
      await laptop.say({ conversationId: first.conversationId }, 'once', clientMsgId),
      await (await elsewhere.connect()).say({ toUserId: ben.id }, 'once', clientMsgId),
      await elsewhere.post(first.conversationId, 'once', clientMsgId),
    ];
    for (const repeat of repeats) expect(repeat).toEqual({ ...place(first), duplicate: true });
    expect((await log(ben, first.conversationId)).messages).toHaveLength(1);
  });

  it('over many sockets at once makes one message and equal answers', async () => {
    const [ann, ben] = await friends();
    const devices = await Promise.all(Array.from({ length: 4 }, () => ann.connect()));
    const reader = await ben.connect();
    for (let round = 0; round < 5; round++) {
      const clientMsgId = newClientMsgId();
      const answers = await Promise.all(
        devices.flatMap((device) => [
          device.say({ toUserId: ben.id }, `round ${round}`, clientMsgId),
          device.say({ toUserId: ben.id }, `round ${round}`, clientMsgId),
        ]),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(place(answer)))).size).toBe(1);
      expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      await reader.waitForText(`round ${round}`);
    }
    const { messages } = await log(ben, reader.messages()[0]!.conversationId);
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('with other content is a conflict and changes nothing', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const clientMsgId = newClientMsgId();
    const { conversationId, messageId, seq } = await device.say({ toUserId: ben.id }, 'the truth', clientMsgId);
    const other = (more: object) =>
      device.raw('message:send', {
        clientMsgId,
        type: 'text',
        content: { text: 'the truth' },
        toUserId: ben.id,
        ...more,
      });
    expectRefusal(await other({ content: { text: 'the truth!' } }), 'idempotency_conflict');
    expectRefusal(await other({ replyTo: { messageId, seq } }), 'idempotency_conflict');
    const image = await ann.uploaded(await picture());
    expectRefusal(await other({ type: 'image', content: { mediaId: image.id } }), 'idempotency_conflict');
    const body = { clientMsgId, type: 'text', content: { text: 'a lie' } };
    expectProblem(await ann.http('POST', `/conversations/${conversationId}/messages`, body), 'idempotency_conflict');
    expect((await log(ben, conversationId)).messages.map(({ content }) => content)).toEqual([{ text: 'the truth' }]);
  });

  it('with other content at the same moment: one is stored, the other is a conflict', async () => {
    const [ann, ben] = await friends();
    const devices = await Promise.all([ann.connect(), ann.connect()]);
    for (let round = 0; round < 4; round++) {
      const clientMsgId = newClientMsgId();
      const answers = await Promise.all(
        devices.map((device, i) =>
          device.emit('message:send', {
            clientMsgId,
            type: 'text',
            content: { text: `${round}${i}` },
            toUserId: ben.id,
          }),
        ),
      );
      expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).sort()).toEqual([
        'idempotency_conflict',
        'ok',
      ]);
    }
  });

  it('belongs to one sender and one conversation', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const clientMsgId = 'the-same-one';
    const sent = [
      await annDevice.say({ toGroupId: group.id }, 'a', clientMsgId),
      await benDevice.say({ toGroupId: group.id }, 'b', clientMsgId),
      await annDevice.say({ toUserId: ben.id }, 'c', clientMsgId),
    ];
    expect(sent.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(3);
  });

  it('is told apart by the case of its letters and by what looks alike', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const sent = [];
    for (const clientMsgId of ['abc', 'ABC', 'abc_', 'abc-'])
      sent.push(await device.say({ toUserId: ben.id }, 'x', clientMsgId));
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('is answered with its old result even when the sender could no longer send', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const device = await ben.connect();
    const toGroup = await device.say({ toGroupId: group.id }, 'in time', 'group-1');
    const toAnn = await device.say({ toUserId: ann.id }, 'in time', 'direct-1');
    await ben.ok('POST', `/groups/${group.id}/leave`);
    await ann.ok('PUT', `/blocks/${ben.id}`);
    expect(await device.refused({ toGroupId: group.id })).toBe('not_a_member');
    expect(await device.refused({ toUserId: ann.id })).toBe('blocked');
    expect(await device.say({ toGroupId: group.id }, 'in time', 'group-1')).toEqual({
      ...place(toGroup),
      duplicate: true,
    });
    expect(await device.say({ toUserId: ann.id }, 'in time', 'direct-1')).toEqual({ ...place(toAnn), duplicate: true });
    // and nobody gets it again
    const late = await ann.connect();
    await late.settle();
    expect(late.messages()).toEqual([]);
  });

  it('finds an inline image again', async () => {
    const [ann, ben] = await friends();
    const [phone, laptop] = await Promise.all([ann.connect(), ann.connect()]);
    const send = {
      clientMsgId: 'image-1',
      type: 'image' as const,
      content: { data: dataUri(await picture()) },
      toUserId: ben.id,
    };
    const [one, two] = await Promise.all([phone.ok('message:send', send), laptop.ok('message:send', send)]);
    expect(place(one)).toEqual(place(two));
    expect([one.duplicate, two.duplicate].sort()).toEqual([false, true]);
    const other = { ...send, content: { data: dataUri(await picture('png', 100, 100)) } };
    expectRefusal(await phone.emit('message:send', other), 'idempotency_conflict');
  });
});

describe('Order', () => {
  it('one device’s burst keeps its order, in the log and on the other side', async () => {
    const [ann, ben] = await friends();
    const [device, reader] = await Promise.all([ann.connect(), ben.connect()]);
    const words = Array.from({ length: 60 }, (_, i) => `word ${i}`);
    const answers = await Promise.all(words.map((word) => device.say({ toUserId: ben.id }, word)));
    expect(answers.map(({ seq }) => seq)).toEqual(words.map((_, i) => i + 1));
    await reader.waitForText('word 59');
    const live = reader.messages();
    expect(live.map(({ seq }) => seq)).toEqual(words.map((_, i) => i + 1));
    expect(live.map(({ content }) => content)).toEqual(words.map((text) => ({ text })));
  });

  it('is kept when an image that takes a while comes first', async () => {
    const [ann, ben] = await friends();
    const [device, reader] = await Promise.all([ann.connect(), ben.connect()]);
    const image = device.ok('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'image',
      content: { data: dataUri(await picture('jpeg', 1400, 1000), 'image/jpeg') },
      toUserId: ben.id,
    });
    const after = device.say({ toUserId: ben.id }, 'my holiday!');
    expect([(await image).seq, (await after).seq]).toEqual([1, 2]);
    await reader.waitForText('my holiday!');
    expect(reader.messages().map(({ type }) => type)).toEqual(['image', 'text']);
  });

  it('seq is 1, 2, 3, … without a hole and the same for every reader, however many send at once', async () => {
    const all = await people('ann', 'ben', 'cy');
    const [ann, ...others] = all;
    const group = await ann.makeGroup(others);
    const devices = (await Promise.all(all.map(async (who) => [await who.connect(), await who.connect()]))).flat();
    const watchers = await Promise.all(all.map((who) => who.connect()));
    const each = 12;
    const answers = await Promise.all(
      devices.map((device, d) =>
        Promise.all(Array.from({ length: each }, (_, i) => device.say({ toGroupId: group.id }, `${d}/${i}`))),
      ),
    );
    // created, and two who joined
    const system = 3;
    const total = system + devices.length * each;
    expect(
      answers
        .flat()
        .map(({ seq }) => seq)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: total - system }, (_, i) => i + 1 + system));
    for (const own of answers) {
      const seqs = own.map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    }
    const logs = await Promise.all(all.map((who) => log(who, group.conversationId)));
    const bare = (page: MessagePage) => page.messages.map(({ clientMsgId: _, ...message }) => message);
    expect((logs[0] as MessagePage).messages.map(({ seq }) => seq)).toEqual(
      Array.from({ length: total }, (_, i) => i + 1),
    );
    for (const other of logs.slice(1)) {
      expect(bare(other).slice(-(total - system))).toEqual(bare(logs[0] as MessagePage).slice(-(total - system)));
    }
    for (const watcher of watchers) {
      await watcher.waitForMessage(({ seq }) => seq === total);
      // at least once, so what came again counts once
      const live = [...new Set(watcher.messages(group.conversationId).map(({ seq }) => seq))];
      expect(live).toEqual(Array.from({ length: live.length }, (_, i) => total - live.length + 1 + i));
      expect(live.length).toBe(total - system);
    }
  });

  it('of a first message sent by both at the same moment is one conversation', async () => {
    for (let round = 0; round < 3; round++) {
      const [ann, ben] = await friends();
      const [a, b] = await Promise.all([ann.connect(), ben.connect()]);
      const [one, two] = await Promise.all([a.say({ toUserId: ben.id }, 'hi'), b.say({ toUserId: ann.id }, 'hi')]);
      expect(one.conversationId).toBe(two.conversationId);
      expect([one.seq, two.seq].sort()).toEqual([1, 2]);
    }
  });
});
