import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '@dunlin/sdk/node';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { picture } from '../support/images.js';
import { unique } from '../support/names.js';
import { PASSWORD } from '../support/person.js';
import { befriend, closeAllClients, newClient, newPerson, oneServer, online, shows, texts, until } from './people.js';

jest.setTimeout(60_000);

describe('A client that is closed and started again', () => {
  const server = oneServer();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-sdk-'));
  });
  afterEach(async () => {
    await closeAllClients();
    await rm(folder, { recursive: true, force: true });
  });

  const storage = () => ({ storage: new FileStorage(folder) });

  it('is signed in still, and shows its conversations without the network', async () => {
    const ben = await newPerson(server.url, 'ben');
    const ann = await newPerson(server.url, 'ann', storage());
    const conversationId = await befriend(ann, ben);
    ben.messages.send({ conversationId, text: 'Keep this' });
    await shows(ann.conversations.open(conversationId), ['Keep this']);
    await until(ann.conversations.of(conversationId), (one) => one?.unread === 1, 'the count');
    ann.drafts.set(conversationId, 'half a sen');
    await ann.close();

    const again = newClient('http://127.0.0.1:1', storage()); // nobody listens there
    await again.ready();
    expect(again.session.user.id).toBe(ann.session.user.id);
    expect(again.conversations.unread.getSnapshot().total).toBe(1);
    expect(again.drafts.of(conversationId).getSnapshot()).toBe('half a sen');
    const timeline = again.conversations.open(conversationId);
    expect(texts(timeline)).toEqual(['Keep this']);
    timeline.markRead();
    expect(again.conversations.unread.getSnapshot().total).toBe(0);
    await again.close();

    const third = newClient(server.url, storage());
    await third.ready();
    await online(third);
    await until(
      ben.conversations.open(conversationId),
      ({ messages }) => messages[0]?.delivery === 'read',
      'the receipt',
    );
  });

  it('sends what it could not send before, in order, ahead of what is written now', async () => {
    const ben = await newPerson(server.url, 'ben');
    const proxy = await FaultProxy.to(server.url);
    const ann = await newPerson(proxy.url, 'ann', storage());
    const conversationId = await befriend(ann, ben);
    proxy.cut();
    await until(ann.connection, ({ status }) => status === 'offline', 'the loss to be noticed');
    for (const text of ['one', 'two', 'three']) ann.messages.send({ conversationId, text });
    const photograph = new Blob([new Uint8Array(await picture('png', 64, 48))], { type: 'image/png' });
    const key = ann.messages.sendFile({ conversationId, file: photograph, name: 'estuary.png' });
    await ann.close();
    await proxy.close();

    const again = newClient(server.url, storage());
    await again.ready();
    const timeline = again.conversations.open(conversationId);
    expect(texts(timeline)).toEqual(['one', 'two', 'three', '[file]']);
    expect(again.messages.file(key)?.size).toBe(photograph.size);
    again.messages.send({ conversationId, text: 'five' });
    await shows(ben.conversations.open(conversationId), ['one', 'two', 'three', '[media]', 'five']);
    await shows(timeline, ['one', 'two', 'three', '[media]', 'five']);
    expect(again.connection.getSnapshot()).toMatchObject({ waiting: 0, failed: 0 });
  });

  it('keeps a refused message, and forgets a discarded one', async () => {
    const ben = await newPerson(server.url, 'ben');
    const ann = await newPerson(server.url, 'ann', storage());
    const conversationId = await befriend(ann, ben);
    await ben.blocks.add(ann.session.user.id);
    const key = ann.messages.send({ conversationId, text: 'Hello?' });
    await until(ann.connection, ({ failed }) => failed === 1, 'the refusal');
    await ann.close();

    const again = newClient(server.url, storage());
    await again.ready();
    const timeline = again.conversations.open(conversationId);
    expect(timeline.getSnapshot().messages[0]).toMatchObject({
      key,
      delivery: 'failed',
      error: { code: 'blocked' },
      discardable: true,
    });
    await again.messages.discard(key);
    expect(timeline.getSnapshot().messages).toEqual([]);
    await again.close();

    const third = newClient(server.url, storage());
    await third.ready();
    expect(third.connection.getSnapshot().failed).toBe(0);
  });

  it('keeps nothing of a group that one was taken out of meanwhile: neither what waited nor what was half written', async () => {
    const [ann, ben] = [await newPerson(server.url, 'ann'), await newPerson(server.url, 'ben')];
    await befriend(ann, ben);
    const { id, conversationId } = await ann.groups.create({
      name: 'Estuary walks',
      joinPolicy: 'invite',
      memberIds: [ben.session.user.id],
    });
    const proxy = await FaultProxy.to(server.url);
    const his = newClient(proxy.url, storage());
    await his.session.signIn({ username: ben.session.user.username, password: PASSWORD });
    await until(his.conversations.of(conversationId), Boolean, 'the group');
    const failed: string[] = [];
    his.on('message:failed', ({ key }) => void failed.push(key));
    const told: unknown[] = [];
    his.on('group:left', (event) => void told.push(event));
    const timeline = his.conversations.open(conversationId);
    proxy.cut();
    await ann.groups.members.kick(id, ben.session.user.id);
    const keys = ['Wait', 'for me'].map((text) => his.messages.send({ conversationId, text }));
    his.drafts.set(conversationId, 'Where are');
    expect(his.messages.unsentIn(conversationId).getSnapshot()).toEqual(['Wait', 'for me']);
    proxy.heal();
    await until(his.conversations.list, (list) => list.length === 1, 'the group to be gone');
    await until(his.connection, ({ waiting, failed: left }) => waiting + left === 0, 'nothing to be left');
    expect(failed).toEqual(keys);
    expect(told).toMatchObject([{ groupId: id, reason: 'unknown', group: { name: 'Estuary walks' } }]);
    expect(his.drafts.any).toBe(false);
    expect(his.messages.unsentIn(conversationId).getSnapshot()).toEqual([]);
    expect(timeline.getSnapshot().conversation).toBeUndefined();
    const again = his.conversations.open(conversationId);
    await until(again, ({ error }) => error?.code === 'not_found', 'the reason');
    await his.close();
    await proxy.close();
  });

  it('leaves nothing behind after signing out', async () => {
    const files = new FileStorage(folder);
    const client = newClient(server.url, { storage: files });
    await client.session.signUp({ username: unique('ann'), password: PASSWORD });
    await online(client);
    const group = await client.groups.create({ name: 'Alone', joinPolicy: 'invite' });
    client.drafts.set(group.conversationId, 'secret');
    await until(client.conversations.list, (list) => list.length === 1, 'the group');
    await client.session.signOut();
    expect(client.conversations.list.getSnapshot()).toEqual([]);
    await client.close();
    expect(await files.entries('')).toEqual([]);
  });
});
