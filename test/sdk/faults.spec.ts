import type { DunlinClient, Message } from '@dunlin/sdk';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { startTopology, type Topology } from '../support/topology.mjs';
import { closeAllClients, friends, online, shows, texts, until } from './people.js';

jest.setTimeout(90_000);

/** What was told by `message`, by text: each once and in order. */
function told(client: DunlinClient): string[] {
  const all: string[] = [];
  client.on('message', (message: Message) => void ('text' in message.content && all.push(message.content.text)));
  return all;
}

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `number ${from + i}`);

describe('With a bad network or server', () => {
  let server: Topology;
  let proxy: FaultProxy;

  beforeAll(async () => {
    server = await startTopology({ embedded: true });
  });
  beforeEach(async () => {
    proxy = await FaultProxy.to(server.gateways[0] as string);
  });
  afterEach(async () => {
    await closeAllClients();
    await proxy.close();
  });
  afterAll(() => server.stop());

  /** Ann behind the bad network, Ben with a good one. */
  const annBehindProxy = async () => {
    const { ann, ben, conversationId } = await friends(proxy.url, server.gateways[0]);
    const hers = ann.conversations.open(conversationId);
    const his = ben.conversations.open(conversationId);
    return { ann, ben, conversationId, hers, his, hisEvents: told(ben), herEvents: told(ann) };
  };

  it('what is written while the network is cut waits, and arrives once and in order', async () => {
    const { ann, conversationId, hers, his, hisEvents } = await annBehindProxy();
    proxy.cut();
    await until(ann.connection, ({ status }) => status !== 'online', 'the connection to be noticed as lost');
    for (const text of numbered(20)) ann.messages.send({ conversationId, text });
    expect(ann.connection.getSnapshot().waiting).toBe(20);
    proxy.heal();
    await shows(his, numbered(20));
    await shows(hers, numbered(20));
    expect(hisEvents).toEqual(numbered(20));
  });

  it('a sign-out takes effect at once on a line that swallows everything, and does not wait for it long', async () => {
    const { ann } = await annBehindProxy();
    proxy.silence('up', 'down');
    const begun = Date.now();
    const over = ann.session.signOut();
    await until(ann.session.state, ({ status }) => status === 'signed-out', 'the end here', 1000);
    await over;
    expect(Date.now() - begun).toBeLessThan(6000);
  });

  it('answers that are lost lead to no second copy, however often it happens', async () => {
    const { ann, conversationId, hers, his, hisEvents } = await annBehindProxy();
    for (let round = 0; round < 5; round++) {
      for (const text of numbered(10, round * 10)) ann.messages.send({ conversationId, text });
      proxy.breakAnswers();
      await until(ann.connection, ({ status }) => status !== 'online', 'the loss to be noticed');
      proxy.heal();
    }
    await shows(his, numbered(50));
    await shows(hers, numbered(50));
    expect(texts(his)).toEqual(numbered(50));
    expect(texts(hers)).toEqual(numbered(50));
    expect(hisEvents).toEqual(numbered(50));
  });

  it('a cable that is pulled without a word is noticed by the answer that does not come', async () => {
    const { ann, ben, conversationId, hers, his } = await annBehindProxy();
    proxy.silence('up', 'down');
    ann.messages.send({ conversationId, text: 'Do you hear me?' });
    ben.messages.send({ conversationId, text: 'I wrote meanwhile' });
    await until(ann.connection, ({ status }) => status !== 'online', 'the silence to be noticed');
    proxy.heal();
    await shows(his, ['I wrote meanwhile', 'Do you hear me?']);
    await shows(hers, ['I wrote meanwhile', 'Do you hear me?']);
  });

  it('what was missed comes after the reconnect, each message once and in order', async () => {
    const { ann, ben, conversationId, hers, herEvents } = await annBehindProxy();
    ben.messages.send({ conversationId, text: 'before' });
    await shows(hers, ['before']);
    proxy.cut();
    await until(ann.connection, ({ status }) => status === 'offline', 'the loss to be noticed');
    for (const text of numbered(250)) ben.messages.send({ conversationId, text });
    await until(ben.connection, ({ waiting }) => waiting === 0, 'Ben to have sent');
    proxy.heal();
    await shows(hers, numbered(250));
    expect(herEvents).toEqual(['before', ...numbered(250)]);
    expect(ann.conversations.unread.getSnapshot().total).toBe(251);
  });

  it('a group that one was put out of meanwhile is gone after the reconnect', async () => {
    const { ann, ben } = await annBehindProxy();
    const memberIds = [ann.session.user.id];
    const group = await ben.groups.create({ name: 'Estuary walks', joinPolicy: 'open', memberIds });
    await until(ann.conversations.of(group.conversationId), (one) => one !== undefined, 'the group');
    proxy.cut();
    await until(ann.connection, ({ status }) => status === 'offline', 'the loss to be noticed');
    await ben.groups.members.kick(group.id, ann.session.user.id);
    proxy.heal();
    await until(ann.conversations.of(group.conversationId), (one) => one === undefined, 'the group to be gone');
    expect(ann.conversations.list.getSnapshot()).toHaveLength(1);
  });

  it('on a slow network two people write at once, and both see the same order', async () => {
    const { ann, ben, conversationId, hers, his } = await annBehindProxy();
    proxy.delay(150);
    for (const text of numbered(8)) {
      ann.messages.send({ conversationId, text: `Ann ${text}` });
      ben.messages.send({ conversationId, text: `Ben ${text}` });
    }
    const all = ({ messages }: { messages: readonly { seq: number | null }[] }): boolean =>
      messages.length === 16 && messages.every(({ seq }) => seq !== null);
    await until(hers, all, 'all of it at Ann');
    await until(his, all, 'all of it at Ben');
    expect(texts(hers)).toEqual(texts(his));
    const mine = (name: string): string[] => texts(his).filter((text) => text.startsWith(name));
    expect(mine('Ann')).toEqual(numbered(8).map((text) => `Ann ${text}`));
  });

  it('a server that is killed and comes back has lost nothing and doubles nothing', async () => {
    const { ann, ben, conversationId, hers, his, hisEvents } = await annBehindProxy();
    for (const text of numbered(40)) ann.messages.send({ conversationId, text });
    await until(ann.connection, ({ waiting }) => waiting < 30, 'some to be stored');
    await server.kill('monolith');
    for (const text of numbered(20, 40)) ann.messages.send({ conversationId, text });
    await server.restart('monolith');
    await shows(his, numbered(60));
    await shows(hers, numbered(60));
    expect(texts(his)).toEqual(numbered(60));
    expect(hisEvents).toEqual(numbered(60));
    await online(ben);
  });
});
