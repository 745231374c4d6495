import 'fake-indexeddb/auto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { DunlinClient } from './client.js';
import { silentChannel, type Channel } from './platform/channel.js';
import { ProcessLocks } from './platform/locks.js';
import { IndexedDbStorage } from './storage/indexed-db-storage.js';
import { MemoryStorage } from './storage/memory-storage.js';
import type { StoredSession } from './session/stored-session.js';

const ann = { id: 'ann', username: 'ann', displayName: 'Ann', avatarUrl: null, createdAt: '' };
/** Nobody listens there. */
const url = 'http://127.0.0.1:9';
const signedIn = (): StoredSession => ({
  user: ann,
  accessToken: 'token',
  refreshToken: 'first',
  expiresAt: Date.now() + 900_000,
});
const json = (value: object): Response => new Response(JSON.stringify(value));

describe('Two tabs with a database of a given name', () => {
  it('renew their session once between them', async () => {
    await new IndexedDbStorage('app').set('session', { ...signedIn(), expiresAt: 0 });
    const used: string[] = [];
    const fetch = async (address: string, init?: RequestInit): Promise<Response> => {
      if (!address.endsWith('/auth/refresh')) return json(ann);
      used.push((JSON.parse(String(init?.body)) as { refreshToken: string }).refreshToken);
      return json({ accessToken: 'new', refreshToken: 'second', expiresIn: 900 });
    };
    const tabs = [1, 2].map(() => new DunlinClient({ url, fetch, storage: new IndexedDbStorage('app') }));
    await Promise.all(tabs.map((tab) => tab.users.me()));
    expect(used).toEqual(['first']);
    await Promise.all(tabs.map((tab) => tab.close()));
  });
});

describe('A client that is closed', () => {
  /** What it was meanwhile, too. */
  const statusesOf = (client: DunlinClient): Set<string> => {
    const seen = new Set<string>();
    client.connection.subscribe(() => seen.add(client.connection.getSnapshot().status));
    return seen;
  };

  it('before its storage was read stays offline', async () => {
    const storage = new MemoryStorage();
    await storage.set('session', signedIn());
    const client = new DunlinClient({ url, storage });
    const seen = statusesOf(client);
    await client.close();
    await client.ready();
    expect(client.session.state.getSnapshot().status).toBe('signed-in');
    expect([...seen]).not.toContain('connecting');
    await client.close();
  });

  it('during a sign-in keeps the session for the next one, and stays offline', async () => {
    const storage = new MemoryStorage();
    let answer = (_response: Response): void => undefined;
    const asked = (): Promise<Response> => new Promise((resolve) => (answer = resolve));
    const client = new DunlinClient({ url, storage, fetch: asked });
    await client.ready();
    const seen = statusesOf(client);
    const signing = client.session.signIn({ username: 'ann', password: 'a long password' });
    await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    answer(json({ user: ann, accessToken: 'token', refreshToken: 'first', expiresIn: 900 }));
    await signing;
    await client.ready();
    expect(await storage.get('session')).toMatchObject({ user: ann });
    expect([...seen]).not.toContain('connecting');
    await client.close();
  });
});

describe('A draft', () => {
  it('goes with the sign-out, though that comes before it was read', async () => {
    const storage = new MemoryStorage();
    await storage.set('session', signedIn());
    await storage.set('account:ann:draft:c', 'dear diary');
    const client = new DunlinClient({ url, storage, fetch: () => Promise.reject(new Error()) });
    await client.session.signOut();
    expect([client.drafts.any, client.drafts.of('c').getSnapshot()]).toEqual([false, '']);
    expect(await storage.entries('')).toEqual([]);
    await client.close();
  });

  it('that was written while nobody was signed in is not that of who comes next', async () => {
    const fetch = async (): Promise<Response> =>
      json({ user: ann, accessToken: 'token', refreshToken: 'first', expiresIn: 900 });
    const client = new DunlinClient({ url, fetch });
    await client.ready();
    client.drafts.set('c', 'of nobody');
    await client.session.signIn({ username: 'ann', password: 'a long password' });
    expect(client.drafts.any).toBe(false);
    client.drafts.set('c', 'of Ann');
    await client.ready();
    expect(client.drafts.of('c').getSnapshot()).toBe('of Ann');
    await client.close();
  });
});

describe('What somebody who signed out has left', () => {
  const nobody = (): Promise<Response> => Promise.reject(new Error('no server'));
  const keys = async (storage: MemoryStorage): Promise<string[]> => (await storage.entries('')).map(([key]) => key);
  const written = async (): Promise<MemoryStorage> => {
    const storage = new MemoryStorage();
    await storage.set('session', signedIn());
    for (const name of ['chat:a', 'chat:b', 'draft:a']) await storage.set(`account:ann:${name}`, 'secret');
    await storage.set('account:ben:draft:a', 'of another');
    return storage;
  };

  it('goes at the next start when the page ends while it is removed, and nothing else does', async () => {
    const storage = await written();
    /** Of the page that ends after its first removal. */
    const ends = Object.create(storage) as MemoryStorage;
    let removed = 0;
    ends.delete = (key) =>
      key.startsWith('account:') && removed++ > 0 ? new Promise(() => undefined) : storage.delete(key);
    const page = new DunlinClient({ url, storage: ends, fetch: nobody });
    await page.ready();
    void page.session.signOut();
    while (removed < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await keys(storage)).toContain('account:ann:draft:a');

    const next = new DunlinClient({ url, storage, fetch: nobody });
    await next.ready();
    expect(await keys(storage)).toEqual(['account:ben:draft:a']);
    await next.close();
  });

  it('goes before they are signed in again, not after', async () => {
    const storage = await written();
    await storage.set('wipe:ann', true);
    const client = new DunlinClient({ url, storage, fetch: nobody });
    await client.ready();
    expect(client.drafts.any).toBe(false);
    expect((await keys(storage)).sort()).toEqual(['account:ben:draft:a', 'session']);
    client.drafts.set('a', 'new');
    await client.close();
    const next = new DunlinClient({ url, storage, fetch: nobody });
    await next.ready();
    expect(next.drafts.of('a').getSnapshot()).toBe('new');
    await next.close();
  });

  it('stays when another tab has signed in again meanwhile', async () => {
    const storage = await written();
    const client = new DunlinClient({ url, storage, fetch: nobody });
    await client.ready();
    await storage.set('session', { ...signedIn(), refreshToken: 'another' });
    await client.session.signOut();
    expect(await keys(storage)).toEqual(expect.arrayContaining(['session', 'account:ann:draft:a']));
    expect(await keys(storage)).not.toContain('wipe:ann');
    await client.close();
  });

  it('is not written again by another tab that had a draft to write', async () => {
    const storage = await written();
    const heard: ((news: unknown) => void)[] = [];
    const channel: Channel = { ...silentChannel, listen: (hear) => (heard.push(hear), () => undefined) };
    const sharing = { locks: new ProcessLocks(), channel };
    const client = new DunlinClient({ url, storage, fetch: nobody, sharing });
    await client.ready();
    client.drafts.set('c', 'n');
    client.drafts.set('c', 'not written yet');
    for (const key of await keys(storage)) await storage.delete(key);
    for (const hear of heard) hear({ session: null, reason: 'signed_out_remotely' });
    while (client.session.state.getSnapshot().status !== 'signed-out') await new Promise((done) => setImmediate(done));
    await client.close();
    expect(await keys(storage)).toEqual([]);
  });

  it('goes with what another tab was writing while it was wiped', async () => {
    const storage = await written();
    const facts = { id: 'a', type: 'direct', lastMessage: null, lastSeq: 5, readSeq: 0, unread: 5, updatedAt: '' };
    const chat = { conversation: facts, messages: [], cursors: {}, wantedRead: 0, counted: { to: 5, unread: 5 } };
    await storage.set('account:ann:chat:a', { ...chat, range: [6, 5] });
    await storage.delete('account:ann:chat:b');
    /** Of a tab whose disk is slow. */
    const slow = Object.create(storage) as MemoryStorage;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const writes: string[] = [];
    slow.set = async (key, value) => {
      if (key.includes(':outbox:')) await held;
      writes.push(key);
      return storage.set(key, value);
    };
    const heard: ((news: unknown) => void)[] = [];
    const channel: Channel = { ...silentChannel, listen: (hear) => (heard.push(hear), () => undefined) };
    const client = new DunlinClient({
      url,
      storage: slow,
      fetch: nobody,
      sharing: { locks: new ProcessLocks(), channel },
    });
    await client.ready();
    client.messages.send({ conversationId: 'a', text: 'on its way to the disk' });
    client.conversations.markRead('a', 5);
    for (const key of await keys(storage)) if (!key.includes(':ben:')) await storage.delete(key);
    for (const hear of heard) hear({ session: null, reason: 'logout' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(writes.filter((key) => key.includes(':chat:'))).toEqual([]);
    goOn();
    await client.close();
    while ((await keys(storage)).length > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await keys(storage)).toEqual(['account:ben:draft:a']);
  });
});

describe('The session of a person who has signed in once more', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const signIn = async () => {
    const http = createServer();
    const io = new Server(http);
    const tokens: string[] = [];
    io.of('/im').on('connection', (socket) => {
      socket.on('sync', (_: unknown, ack: (answer: object) => void) =>
        ack({ ok: true, data: { conversations: [], more: false } }),
      );
      tokens.push((socket.handshake.auth as { token: string }).token);
    });
    ends.push(() => io.close());
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const paths: string[] = [];
    const profile = { ...ann };
    let logins = 0;
    const fetch = async (address: string, init?: RequestInit): Promise<Response> => {
      const path = new URL(address).pathname.slice('/api/v1'.length);
      paths.push(`${path} ${new Headers(init?.headers).get('authorization') ?? ''}`.trim());
      if (path === '/users/me') return json(profile);
      if (path !== '/auth/login') return json({ items: [], nextCursor: null });
      const number = ++logins;
      return json({ user: ann, accessToken: `access ${number}`, refreshToken: `refresh ${number}`, expiresIn: 900 });
    };
    const storage = new MemoryStorage();
    const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const client = new DunlinClient({ url: origin, storage, fetch, backoff: { minMs: 10, maxMs: 20 } });
    ends.push(() => client.close());
    const enter = () => client.session.signIn({ username: 'ann', password: 'a long password' });
    await enter();
    const connected = async (count: number): Promise<void> => {
      while (tokens.length < count || client.connection.getSnapshot().status !== 'online')
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await connected(1);
    const drop = (): void => io.of('/im').disconnectSockets(true);
    /** As a server does it. */
    const revoke = (reason: string): void => {
      for (const socket of io.of('/im').sockets.values()) {
        socket.emit('session:revoked', { reason });
        socket.disconnect(true);
      }
    };
    return { client, storage, tokens, paths, profile, enter, connected, drop, revoke };
  };

  it('is that of the connection too, and the one before is ended on the server', async () => {
    const { client, tokens, paths, enter, connected } = await signIn();
    await enter();
    await connected(2);
    expect(tokens).toEqual(['access 1', 'access 2']);
    while (!paths.includes('/auth/logout Bearer access 1')) await new Promise((resolve) => setImmediate(resolve));
    expect(client.session.state.getSnapshot().status).toBe('signed-in');
  });

  it('outlives the end of the one before, though another tab began it unnoticed', async () => {
    const { client, storage, tokens, connected, revoke } = await signIn();
    await storage.set('account:ann:draft:a', 'kept');
    await storage.set('session', { ...signedIn(), id: 'of another tab', accessToken: 'access 2' });
    revoke('signed_out_remotely');
    await connected(2);
    expect(tokens).toEqual(['access 1', 'access 2']);
    expect(client.session.state.getSnapshot().status).toBe('signed-in');
    expect(await storage.get('account:ann:draft:a')).toBe('kept');
  });

  it('has one’s profile as it is now when the connection is back', async () => {
    const { client, paths, connected, drop, profile } = await signIn();
    expect(paths.filter((path) => path.startsWith('/users/me'))).toEqual([]);
    profile.displayName = 'Ann of the estuary';
    drop();
    await connected(2);
    while (client.session.user.displayName !== profile.displayName) await new Promise((done) => setImmediate(done));
  });

  it('ends when it is its own end', async () => {
    const { client, storage, enter, connected, revoke } = await signIn();
    await enter();
    await connected(2);
    const ended = new Promise((resolve) => client.on('session:ended', resolve));
    revoke('signed_out_remotely');
    expect(await ended).toEqual({ reason: 'signed_out_remotely' });
    while ((await storage.entries('')).length > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
