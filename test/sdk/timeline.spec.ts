import { DunlinError, everything, MemoryStorage, type DunlinClient, type Timeline } from '@dunlin/sdk';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { befriend, friends, newClient, newPerson, oneServer, online, shows, textOf, texts, until } from './people.js';
import { PASSWORD } from '../support/person.js';

jest.setTimeout(60_000);

describe('A timeline', () => {
  const server = oneServer();

  const seqs = (timeline: Timeline): (number | null)[] => timeline.getSnapshot().messages.map(({ seq }) => seq);
  const span = (timeline: Timeline): [unknown, unknown] => [seqs(timeline)[0], seqs(timeline).at(-1)];
  const isWhole = (timeline: Timeline): boolean => {
    const [first] = seqs(timeline) as number[];
    return seqs(timeline).every((seq, index) => seq === (first as number) + index);
  };
  const idle = (timeline: Timeline): Promise<unknown> =>
    until(timeline, ({ loading, conversation }) => conversation && loading === null, 'the loading');

  const write = async (client: DunlinClient, conversationId: string, count: number): Promise<void> => {
    for (let number = 1; number <= count; number++) client.messages.send({ conversationId, text: `number ${number}` });
    await until(client.connection, ({ waiting }) => waiting === 0, 'all to be sent', 40_000);
  };

  /** Another device of Ann's, that knows nothing yet. */
  const secondDevice = async (ann: DunlinClient): Promise<DunlinClient> => {
    const device = newClient(server.url);
    await device.session.signIn({ username: ann.session.user.username, password: PASSWORD });
    await online(device);
    return device;
  };

  it('opens at the first unread message, loads older and newer pages, and finds the newest again', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    await write(ben, conversationId, 320);
    ann.conversations.markRead(conversationId, 100);
    const device = await secondDevice(ann);
    await until(device.conversations.of(conversationId), (one) => one?.unread === 220, 'the unread ones');

    const timeline = device.conversations.open(conversationId);
    await until(timeline, ({ focus }) => focus !== null, 'the place');
    await idle(timeline);
    expect(timeline.getSnapshot()).toMatchObject({
      firstUnreadSeq: 101,
      focus: { seq: 101 },
      hasOlder: true,
      hasNewer: true,
    });
    expect(seqs(timeline)).toContain(101);
    expect(isWhole(timeline)).toBe(true);
    timeline.markRead(110);
    await until(device.conversations.of(conversationId), (one) => one?.unread === 210, 'what is left');

    const [first, last] = span(timeline) as [number, number];
    await timeline.loadOlder();
    expect(span(timeline)).toEqual([first - 50, last]);
    await timeline.loadNewer(20);
    expect(span(timeline)).toEqual([first - 50, last + 20]);
    while (timeline.getSnapshot().hasOlder) await timeline.loadOlder();
    expect(seqs(timeline)[0]).toBe(1);

    timeline.jumpToLatest();
    expect(timeline.getSnapshot().hasNewer).toBe(false);
    expect(seqs(timeline).at(-1)).toBe(320);
    await timeline.jumpTo(last + 20);
    while (timeline.getSnapshot().hasNewer) await timeline.loadNewer(200);
    expect(span(timeline)).toEqual([1, 320]);
    expect(isWhole(timeline)).toBe(true);
  });

  it('jumps to the message that a reply names, and goes on showing what comes', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    await write(ben, conversationId, 260);
    const device = await secondDevice(ann);
    await until(device.conversations.of(conversationId), (one) => one?.lastSeq === 260, 'the conversation');
    const timeline = device.conversations.open(conversationId, { at: 'latest' });
    await idle(timeline);
    expect(timeline.getSnapshot().firstUnreadSeq).toBe(1);

    const { messages } = await device.conversations.history(conversationId, { afterSeq: 9, limit: 1 });
    const [tenth] = messages;
    device.messages.send({
      conversationId,
      text: 'About this one',
      replyTo: { messageId: tenth?.id as string, seq: 10 },
    });
    await shows(timeline, ['About this one']);
    const reply = timeline.getSnapshot().messages.at(-1);
    expect(reply?.replyTo).toEqual({ messageId: tenth?.id, seq: 10 });

    await timeline.jumpTo(reply?.replyTo?.seq as number);
    expect(seqs(timeline)).toContain(10);
    expect(timeline.getSnapshot()).toMatchObject({ focus: { seq: 10 }, hasNewer: true, hasOlder: false });
    ben.messages.send({ conversationId, text: 'Meanwhile' });
    await until(device.conversations.of(conversationId), (one) => one?.lastSeq === 262, 'the new one');
    expect(texts(timeline)).not.toContain('Meanwhile');
    timeline.jumpToLatest();
    expect(texts(timeline).at(-1)).toBe('Meanwhile');
  });

  it('of somebody who was away for long goes on from the newest page, and has the rest when one gets there', async () => {
    const ben = await newPerson(server.url, 'ben');
    const proxy = await FaultProxy.to(server.url);
    const ann = await newPerson(proxy.url, 'ann', { maxMissed: 60 });
    const conversationId = await befriend(ann, ben);
    const told: string[] = [];
    ann.on('message', (message) => told.push(textOf(message)));
    ben.messages.send({ conversationId, text: 'number 0' });
    await until(ann.conversations.of(conversationId), (one) => one?.lastSeq === 1, 'the first');
    proxy.cut();
    await write(ben, conversationId, 200);
    proxy.heal();
    await until(ann.conversations.of(conversationId), (one) => one?.lastMessage?.seq === 201, 'the newest');
    await online(ann);
    expect(told).toEqual(['number 0', ...Array.from({ length: 50 }, (_, i) => `number ${151 + i}`)]);
    expect(ann.conversations.unread.getSnapshot().total).toBe(201);
    const timeline = ann.conversations.open(conversationId, { at: 'latest' });
    while (timeline.getSnapshot().hasOlder) await timeline.loadOlder(200);
    expect(span(timeline)).toEqual([1, 201]);
    expect(isWhole(timeline)).toBe(true);
    await ann.close();
    await proxy.close();
  });

  it('who joins a group sees what came since, and knows that nothing is before it', async () => {
    const { ann, ben } = await friends(server.url);
    const group = await ann.groups.create({ name: 'Estuary walks', joinPolicy: 'open' });
    await write(ann, group.conversationId, 5);
    await ben.groups.join(group.id);
    await until(ben.conversations.of(group.conversationId), (one) => one !== undefined, 'the group');
    const timeline = ben.conversations.open(group.conversationId);
    ann.messages.send({ toGroupId: group.id, text: 'Welcome' });
    await shows(timeline, ['Welcome']);
    await idle(timeline);
    while (timeline.getSnapshot().hasOlder) await timeline.loadOlder();
    expect(texts(timeline)).not.toContain('number 5');
    expect(timeline.getSnapshot().hasOlder).toBe(false);
    await ann.groups.members.kick(group.id, ben.session.user.id);
    await until(ben.conversations.of(group.conversationId), (one) => one === undefined, 'the group to go');
    const groups: string[] = [];
    for await (const card of everything((query) => ben.groups.list(query))) groups.push(card.id);
    expect(groups).toEqual([]);
  });

  it('keeps all that it shows, also if it was opened before the session was read, or lives through a sign-out', async () => {
    const storage = new MemoryStorage();
    const first = await newPerson(server.url, 'ann', { storage });
    const { username } = first.session.user;
    const { conversationId } = await first.groups.create({ name: 'Diary', joinPolicy: 'invite' });
    await write(first, conversationId, 449);
    await first.close();

    const ann = newClient(server.url, { storage });
    const timeline = ann.conversations.open(conversationId, { at: 'latest' });
    const toTheTop = async (): Promise<void> => {
      await online(ann);
      await until(timeline, ({ loading, messages }) => loading === null && messages.length > 0, 'the newest');
      for (let page = 0; page < 5 && timeline.getSnapshot().hasOlder; page++) await timeline.loadOlder(100);
      expect(span(timeline)).toEqual([1, 450]);
      expect(isWhole(timeline)).toBe(true);
    };
    await toTheTop();
    await ann.session.signOut();
    await ann.session.signIn({ username, password: PASSWORD });
    await toTheTop();
  });

  it('whose loading fails says why, and shows what it has', async () => {
    const { ann, conversationId } = await friends(server.url);
    await write(ann, conversationId, 3);
    const timeline = ann.conversations.open(conversationId);
    await idle(timeline);
    await ann.session.signOut();
    await expect(timeline.loadOlder()).rejects.toBeInstanceOf(DunlinError);
    expect(timeline.getSnapshot().messages).toEqual([]);
  });
});
