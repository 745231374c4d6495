import { randomBytes } from 'node:crypto';
import { DunlinClient, type ClientEvents } from '@dunlin/sdk';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { picture } from '../support/images.js';
import { unique } from '../support/names.js';
import { PASSWORD } from '../support/person.js';
import { befriend, friends, newClient, newPerson, oneServer, online, shows, until } from './people.js';

jest.setTimeout(60_000);

/** Every route that a client of this file has used with success, as the OpenAPI document names it. */
const used = new Set<string>();
const noting = async (url: string, init?: RequestInit): Promise<Response> => {
  const response = await fetch(url, init);
  if (response.ok) used.add(`${init?.method ?? 'GET'} ${new URL(url).pathname}`);
  return response;
};

const collect = <E extends keyof ClientEvents>(client: DunlinClient, event: E): ClientEvents[E][] => {
  const all: ClientEvents[E][] = [];
  client.on(event, (payload) => all.push(payload));
  return all;
};
const came = <T>(all: T[], what: string): Promise<T[]> =>
  until({ getSnapshot: () => all }, (list) => list.length > 0, what);

describe('Through the SDK', () => {
  const server = oneServer();

  const someone = (base: string): Promise<DunlinClient> => newPerson(server.url, base, { fetch: noting });
  const image = async (): Promise<Blob> => new Blob([new Uint8Array(await picture())], { type: 'image/png' });

  it('a picture goes up with progress, is shown from its bytes before and from the server after', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    const timeline = ann.conversations.open(conversationId);
    const shares: number[] = [];
    timeline.subscribe(() => {
      const { progress } = timeline.getSnapshot().messages[0] ?? {};
      if (typeof progress === 'number') shares.push(progress);
    });
    const file = await image();
    const key = ann.messages.sendFile({ conversationId, file, name: 'estuary.png' });
    expect(timeline.getSnapshot().messages[0]).toMatchObject({
      key,
      type: 'image',
      delivery: 'pending',
      content: { file: { name: 'estuary.png', mime: 'image/png', size: file.size } },
    });
    expect(ann.messages.file(key)).toBe(file);
    await until(timeline, ({ messages }) => messages[0]?.delivery === 'stored', 'it to be stored');
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);

    const seen = await until(ben.conversations.of(conversationId), (one) => one?.lastMessage, 'Ben to have it');
    const content = seen?.lastMessage?.content;
    if (!content || !('media' in content)) throw new Error('no media');
    expect(content.media).toMatchObject({ mime: 'image/png', width: 640, height: 480 });
    expect((await ben.media.blob(content.media)).size).toBe(content.media.size);
    const [one, two] = await Promise.all([
      ben.media.objectUrl(content.media, 'thumbnail'),
      ben.media.objectUrl(content.media, 'thumbnail'),
    ]);
    expect(one.url).toMatch(/^blob:/);
    expect(two.url).toBe(one.url);
    one.release();
    two.release();
    const stranger = await someone('eve');
    await expect(stranger.media.blob(content.media)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('an upload can be cancelled on its way, and what waits behind it goes on', async () => {
    const proxy = await FaultProxy.to(server.url);
    const { ann, conversationId } = await friends(proxy.url, server.url);
    const timeline = ann.conversations.open(conversationId);
    proxy.delay(400);
    const key = ann.messages.sendFile({ conversationId, file: await image() });
    ann.messages.send({ conversationId, text: 'after it' });
    await until(timeline, ({ messages }) => (messages[0]?.progress ?? 0) > 0, 'the upload to begin');
    await ann.messages.discard(key);
    await shows(timeline, ['after it']);
    expect(timeline.getSnapshot().messages).toHaveLength(1);
    const stop = new AbortController();
    const upload = ann.media.upload(await image(), { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(upload).rejects.toMatchObject({ name: 'DunlinError', code: 'aborted' });
    await ann.close();
    await proxy.close();
  });

  it('an empty file is refused before it takes a place in the queue', async () => {
    const { ann, conversationId } = await friends(server.url);
    const empty = () => ann.messages.sendFile({ conversationId, file: new Blob([]), name: 'nothing.txt' });
    expect(empty).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    expect(ann.conversations.open(conversationId).getSnapshot().messages).toEqual([]);
  });

  it('a file that the server does not take fails with the reason', async () => {
    const ann = await newPerson(server.url, 'ann', { maxFileBytes: Infinity });
    const conversationId = await befriend(ann, await newPerson(server.url, 'ben'));
    const failures = collect(ann, 'message:failed');
    const huge = new Blob([randomBytes(11 * 1024 * 1024)]);
    const key = ann.messages.sendFile({ conversationId, file: huge, name: 'huge.bin' });
    const [failure] = await came(failures, 'the refusal');
    expect(failure).toMatchObject({ key, error: { code: 'payload_too_large', retryable: false } });
  });

  it('what is changed on one device shows on another', async () => {
    const { ann, conversationId: id } = await friends(server.url);
    const laptop = newClient(server.url);
    await laptop.session.signIn({ username: ann.session.user.username, password: PASSWORD });
    await until(laptop.conversations.list, (list) => list.some((one) => one.id === id), 'the conversation');
    await ann.conversations.update(id, { pinned: true, muted: true });
    await until(
      laptop.conversations.list,
      (list) => list.some((one) => one.id === id && one.pinned && one.muted),
      'the settings',
    );
    await ann.users.updateMe({ displayName: 'Ann of the Dunes' });
    await until(laptop.session.state, ({ user }) => user?.displayName === 'Ann of the Dunes', 'the name');
  });

  it('one sees who is there and who is typing', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    const stop = ann.presence.watch([ben.session.user.id]);
    const his = ann.presence.of(ben.session.user.id);
    await until(his, (presence) => presence?.online === true, 'Ben to be there');
    const writers = ann.typing.of(conversationId);
    ben.typing.active(conversationId);
    await until(writers, (ids) => ids.includes(ben.session.user.id), 'Ben to type');
    ben.typing.stopped(conversationId);
    await until(writers, (ids) => ids.length === 0, 'Ben to stop');
    ben.typing.active(conversationId);
    await until(writers, (ids) => ids.length === 1, 'Ben to type again');
    ben.messages.send({ conversationId, text: 'Here it is' });
    await until(writers, (ids) => ids.length === 0, 'the message to end it');
    await ben.close();
    await until(his, (presence) => presence?.online === false, 'Ben to be gone');
    stop();
  });

  it('errors carry what a form needs', async () => {
    const client = newClient(server.url);
    await expect(client.session.signUp({ username: 'x', password: 'short' })).rejects.toMatchObject({
      name: 'DunlinError',
      code: 'validation_failed',
      retryable: false,
      errors: [{ path: 'username' }, { path: 'password' }],
    });
    await expect(client.session.signIn({ username: 'nobody', password: PASSWORD })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(() => client.messages.send({ conversationId: 'c', text: '' })).toThrow('The input is not valid');
    expect(() => client.messages.send({ conversationId: 'c', text: 'x' })).toThrow('Sign in first');
    const away = newClient('http://127.0.0.1:1');
    await expect(away.session.signIn({ username: 'ann', password: PASSWORD })).rejects.toMatchObject({
      code: 'network',
      retryable: true,
    });
  });

  it('a call that is given something else than it takes says so, and nothing of it is sent', async () => {
    const ann = await newPerson(server.url, 'ann');
    const { conversationId } = await ann.groups.create({ name: 'Alone', joinPolicy: 'invite' });
    const wrong = (...args: unknown[]) => args as [never];
    const { messages, conversations, groups, users, media } = ann;
    const file = new Blob(['shore']);
    const calls: [string, () => unknown][] = [
      ['url', () => new DunlinClient(...wrong({}))],
      ['url', () => new DunlinClient(...wrong())],
      ['url', () => newClient('localhost:3000')],
      ['content.text', () => messages.send(...wrong({ conversationId, text: 5 }))],
      ['content.text', () => messages.send(...wrong())],
      ['conversationId', () => messages.send(...wrong({ text: 'where to?' }))],
      ['conversationId', () => messages.send(...wrong({ conversationId: '', text: 'where to?' }))],
      ['toUserId', () => messages.send(...wrong({ toUserId: { id: 'x' }, text: 'hello' }))],
      ['toUserId', () => messages.send({ conversationId, toUserId: 'ben', text: 'to whom?' })],
      ['content.file', () => messages.sendFile(...wrong({ conversationId, file: 'hello' }))],
      ['content.file', () => messages.sendFile(...wrong({ conversationId }))],
      ['content.file', () => messages.sendFile(...wrong())],
      ['content.name', () => messages.sendFile(...wrong({ conversationId, file, name: 5 }))],
      ['content.file', () => messages.checkFile(...wrong(null))],
      ['file', () => media.upload(...wrong('hello'))],
      ['name', () => groups.create(...wrong({ joinPolicy: 'open' }))],
      ['memberIds', () => groups.create(...wrong({ name: 'Alone', joinPolicy: 'open', memberIds: 5 }))],
      ['id', () => media.blob(...wrong())],
      ['id', () => conversations.fetch(...wrong())],
      ['id', () => conversations.history(...wrong(7))],
      ['id', () => conversations.fetch('')],
      ['id', () => groups.members.list(...wrong())],
      ['id', () => users.get(...wrong())],
    ];
    for (const [path, call] of calls) {
      const error: unknown = await (async () => call())().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'DunlinError', code: 'validation_failed', errors: [{ path }] });
    }
    expect(ann.connection.getSnapshot()).toMatchObject({ waiting: 0, failed: 0 });
  });

  it('every route of the contract can be used', async () => {
    const [ann, ben, cleo] = await Promise.all([someone('ann'), someone('ben'), someone('cleo')]);
    const [annId, benId, cleoId] = [ann, ben, cleo].map((one) => one.session.user.id) as [string, string, string];
    const [requests, added, removed] = [
      collect(ben, 'friend:request'),
      collect(ann, 'friend:added'),
      collect(ann, 'friend:removed'),
    ];

    const asked = await ann.friends.request({ userId: benId, message: 'Hello' });
    expect((await came(requests, 'the request'))[0]).toMatchObject({ id: asked.id, message: 'Hello' });
    expect((await ben.friends.requests('incoming')).items).toHaveLength(1);
    await ann.friends.withdraw(asked.id);
    await ben.friends.decline((await ann.friends.request({ userId: benId })).id);
    const conversationId = await befriend(ann, ben);
    await came(added, 'the friendship');
    expect((await ann.friends.list()).items.map(({ user }) => user.id)).toEqual([benId]);

    await ben.conversations.openDirect(annId);
    const avatar = await ann.media.upload(await image(), { name: 'me.png' });
    expect((await ann.users.updateMe({ displayName: 'Ann B.', avatarMediaId: avatar.id })).displayName).toBe('Ann B.');
    expect(ann.session.user.displayName).toBe('Ann B.');
    expect(ben.session.user.displayName).not.toBe('Ann B.');
    await until(ben.conversations.of(conversationId), (one) => one?.peer?.displayName === 'Ann B.', 'Ben to see it');
    const me = await ann.users.me();
    await ben.media.blob(me.avatarUrl as string);
    await ben.media.blob(avatar, 'thumbnail');
    expect((await ben.users.get(annId)).displayName).toBe('Ann B.');
    expect((await ben.users.search(ann.session.user.username)).items).toHaveLength(1);

    const group = await ann.groups.create({ name: unique('walks'), joinPolicy: 'approval', memberIds: [benId] });
    const [joined, updated, left] = [
      collect(cleo, 'group:joined'),
      collect(ben, 'group:updated'),
      collect(ben, 'group:left'),
    ];
    expect((await cleo.groups.search(group.name)).items).toHaveLength(1);
    const waiting = collect(ann, 'group:requests');
    expect(await cleo.groups.join(group.id, 'May I?')).toEqual({ status: 'pending' });
    expect(await came(waiting, 'the request')).toEqual([{ groupId: group.id, waiting: 1 }]);
    expect((await ann.groups.joinRequests.list(group.id)).items).toHaveLength(1);
    await ann.groups.joinRequests.reject(group.id, cleoId);
    await cleo.groups.join(group.id);
    await ann.groups.joinRequests.approve(group.id, cleoId);
    await came(joined, 'Cleo to be in');
    await ann.groups.update(group.id, { name: 'Dunlins' });
    await came(updated, 'the new name');
    await until(ben.conversations.of(group.conversationId), (one) => one?.group?.name === 'Dunlins', 'the name');
    await ann.groups.members.update(group.id, benId, { role: 'admin' });
    expect((await ann.groups.members.list(group.id)).items).toHaveLength(3);
    await ann.groups.members.kick(group.id, cleoId);
    expect(await ann.groups.members.add(group.id, [cleoId])).toEqual({ added: [], skipped: [cleoId] });
    await ann.groups.transfer(group.id, benId);
    expect((await ann.groups.get(group.id)).myRole).toBe('admin');
    await ann.groups.leave(group.id);
    expect((await ann.groups.list()).items).toEqual([]);
    ben.drafts.set(group.conversationId, 'Before I go');
    await ben.groups.dissolve(group.id);
    expect(await came(left, 'the end of the group')).toMatchObject([
      { groupId: group.id, reason: 'dissolved', group: { name: 'Dunlins' } },
    ]);
    expect(ben.drafts.any).toBe(false);

    expect((await ann.conversations.update(conversationId, { pinned: true, muted: true })).pinned).toBe(true);
    ben.messages.send({ conversationId, text: 'quiet' });
    await until(ann.conversations.unread, ({ total, unmuted }) => total === 1 && unmuted === 0, 'a muted one');
    expect((await ann.conversations.fetch(conversationId)).muted).toBe(true);
    expect((await ann.conversations.history(conversationId)).messages).toHaveLength(1);

    await ann.blocks.add(benId);
    await came(removed, 'the end of the friendship');
    expect((await ann.blocks.list()).items).toHaveLength(1);
    await ann.blocks.remove(benId);
    await befriend(ann, cleo);
    await ann.friends.remove(cleoId);

    const { username } = ann.session.user;
    await ann.session.changePassword({ currentPassword: PASSWORD, newPassword: 'an even longer password' });
    const second = newClient(server.url, { fetch: noting });
    await second.session.signIn({ username, password: 'an even longer password' });
    await online(second);
    const [other] = (await ann.session.list()).filter(({ current }) => !current);
    await ann.session.revoke(other?.id as string);
    await until(second.session.state, ({ status }) => status === 'signed-out', 'the other device');
    await ann.session.tokens.renewed(await ann.session.tokens.current());
    await ann.session.signOut();

    const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const templates = Object.keys(document.paths);
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.length).toBeGreaterThan(40);
    const fitting = (path: string): string | undefined =>
      templates.find((one) => one === path) ??
      templates.find((one) => new RegExp(`^${one.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path));
    const reached = new Set(
      [...used].map((route) => `${route.split(' ')[0]} ${fitting(route.split(' ')[1] as string)}`),
    );
    const unused = routes.filter((route) => route.includes('/api/v1/') && !reached.has(route));
    // sending and reading go over the socket, which has an order
    expect(unused).toEqual(['POST /api/v1/conversations/{id}/messages', 'PUT /api/v1/conversations/{id}/read']);
  });
});
