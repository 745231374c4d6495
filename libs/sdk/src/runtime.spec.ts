import 'fake-indexeddb/auto';
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
});
