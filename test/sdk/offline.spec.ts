import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '@dunlin/sdk/node';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { picture } from '../support/images.js';
import { unique } from '../support/names.js';
import { PASSWORD } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { befriend, closeAllClients, newClient, newPerson, online, shows, texts, until } from './people.js';

jest.setTimeout(60_000);

describe('A client that is closed and started again', () => {
  let server: Topology;
  let url: string;
  let folder: string;

  beforeAll(async () => {
    server = await startTopology({ embedded: true });
    url = server.gateways[0] as string;
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-sdk-'));
  });
  afterEach(async () => {
    await closeAllClients();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => server.stop());

  const storage = () => ({ storage: new FileStorage(folder) });

  it('is signed in still, and shows its conversations without the network', async () => {
    const ben = await newPerson(url, 'ben');
    const ann = await newPerson(url, 'ann', storage());
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

    const third = newClient(url, storage());
    await third.ready();
    await online(third);
    await until(
      ben.conversations.open(conversationId),
      ({ messages }) => messages[0]?.delivery === 'read',
      'the receipt',
    );
  });

  it('sends what it could not send before, in order, ahead of what is written now', async () => {
    const ben = await newPerson(url, 'ben');
    const proxy = await FaultProxy.to(url);
    const ann = await newPerson(proxy.url, 'ann', storage());
    const conversationId = await befriend(ann, ben);
    proxy.cut();
    await until(ann.connection, ({ status }) => status === 'offline', 'the loss to be noticed');
    for (const text of ['one', 'two', 'three']) ann.messages.send({ conversationId, text });
    const photograph = new Blob([new Uint8Array(await picture('png', 64, 48))], { type: 'image/png' });
    const key = ann.messages.sendFile({ conversationId, file: photograph, name: 'estuary.png' });
    await ann.close();
    await proxy.close();

    const again = newClient(url, storage());
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
    const ben = await newPerson(url, 'ben');
    const ann = await newPerson(url, 'ann', storage());
    const conversationId = await befriend(ann, ben);
    await ben.blocks.add(ann.session.user.id);
    const key = ann.messages.send({ conversationId, text: 'Hello?' });
    await until(ann.connection, ({ failed }) => failed === 1, 'the refusal');
    await ann.close();

    const again = newClient(url, storage());
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

    const third = newClient(url, storage());
    await third.ready();
    expect(third.connection.getSnapshot().failed).toBe(0);
  });

  it('leaves nothing behind after signing out', async () => {
    const files = new FileStorage(folder);
    const client = newClient(url, { storage: files });
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
