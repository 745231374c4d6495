import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStorage, ProcessLocks, type DunlinClient, type DunlinOptions, type Target } from '@dunlin/sdk';
import { FileStorage } from '@dunlin/sdk/node';
import { openChannel } from '../../libs/sdk/src/platform/channel.js';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { unique } from '../support/names.js';
import { PASSWORD } from '../support/person.js';
import { friends, newClient, newPerson, oneServer, online, textOf, until } from './people.js';

jest.setTimeout(60_000);

describe('The messages of one conversation are stored in the order in which they were written', () => {
  const server = oneServer();

  const numbers = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => String(from + index));
  const sent = (client: DunlinClient): Promise<unknown> =>
    until(client.connection, ({ waiting }) => waiting === 0, 'everything to be sent');
  const log = async (client: DunlinClient, conversationId: string): Promise<string[]> => {
    const { messages } = await client.conversations.history(conversationId, { afterSeq: 0, limit: 200 });
    return messages.filter(({ type }) => type !== 'system').map(textOf);
  };
  const file = new File(['high water at six'], 'tides.txt', { type: 'text/plain' });
  const offline = (client: DunlinClient): Promise<unknown> =>
    until(client.connection, ({ status }) => status === 'offline', 'the loss to be noticed');

  it('when the client learns of the conversation in the middle', async () => {
    const ann = await newPerson(server.url, 'ann');
    const { id, conversationId } = await ann.groups.create({ name: 'Estuary walks', joinPolicy: 'open' });
    for (const text of numbers(0, 30)) ann.messages.send({ conversationId, text });
    await until(ann.conversations.of(conversationId), Boolean, 'the conversation to be known');
    for (const text of numbers(30, 60)) ann.messages.send({ conversationId, text });
    for (const text of numbers(60, 65)) ann.messages.send({ toGroupId: id, text });
    await sent(ann);
    expect(await log(ann, conversationId)).toEqual(numbers(0, 65));
  });

  it('when a file is slow to leave, on a device that did not know the conversation yet', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    const { username, id: annId } = ann.session.user;
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const slow: DunlinOptions['fetch'] = async (to, init) => {
      if (to.endsWith('/media')) await held;
      return fetch(to, init);
    };
    const device = newClient(server.url, { fetch: slow });
    await device.session.signIn({ username, password: PASSWORD });
    device.messages.sendFile({ conversationId, file });
    await until(device.conversations.of(conversationId), Boolean, 'the conversation to be known');
    await online(device);
    device.messages.send({ conversationId, text: 'two' });
    device.messages.send({ toUserId: ben.session.user.id, text: 'three' });
    ben.messages.send({ toUserId: annId, text: 'meanwhile' });
    await until(device.conversations.of(conversationId), (one) => one?.lastSeq === 1, 'the answer');
    go();
    await sent(device);
    expect(await log(ann, conversationId)).toEqual(['meanwhile', '[media]', 'two', 'three']);
  });

  /** Ann with a line that can be cut, and a conversation that her client has not heard of. */
  const unheardOf = async (options: Partial<DunlinOptions>) => {
    const proxy = await FaultProxy.to(server.url);
    const ben = await newPerson(server.url, 'ben');
    const ann = await newPerson(proxy.url, 'ann', options);
    const { id } = await ann.friends.request({ userId: ben.session.user.id });
    await ben.friends.accept(id);
    const { id: conversationId } = await ben.conversations.openDirect(ann.session.user.id);
    const write = (client: DunlinClient, texts: string[], target: Target): void =>
      texts.forEach((text) => client.messages.send({ ...target, text }));
    return { proxy, ann, ben, conversationId, toUserId: ben.session.user.id, write };
  };

  it('by whatever name it was called, over a crash in the middle', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-sdk-'));
    const [before, after] = [join(folder, 'before'), join(folder, 'after')];
    const { proxy, ann, ben, conversationId, toUserId, write } = await unheardOf({ storage: new FileStorage(before) });
    proxy.cut();
    await offline(ann);
    write(ann, numbers(0, 10), { toUserId });
    write(ann, numbers(10, 20), { conversationId });
    await ann.close();
    await cp(before, after, { recursive: true });

    const again = newClient(server.url, { storage: new FileStorage(after) });
    await again.ready();
    write(again, numbers(20, 25), { conversationId });
    await until(again.conversations.of(conversationId), Boolean, 'the conversation to be known');
    write(again, numbers(25, 30), { conversationId });
    await sent(again);
    expect(await log(ben, conversationId)).toEqual(numbers(0, 30));
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  it('by two clients that share a storage and call it by different names', async () => {
    const [storage, locks, name] = [new MemoryStorage(), new ProcessLocks(), unique('tabs')];
    const shared = () => ({ storage, sharing: { locks, channel: openChannel(name) } });
    const { proxy, ann, ben, conversationId, toUserId, write } = await unheardOf(shared());
    const second = newClient(server.url, shared());
    await second.ready();
    await online(second);
    proxy.cut();
    await offline(ann);
    write(ann, numbers(0, 10), { toUserId });
    await until(second.connection, ({ waiting }) => waiting === 10, 'the other to hear of them');
    write(second, numbers(10, 20), { conversationId });
    await sent(second);
    expect(await log(ben, conversationId)).toEqual(numbers(0, 20));
    await proxy.close();
  });
});
