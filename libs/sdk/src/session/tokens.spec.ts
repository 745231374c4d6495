import { ProcessLocks } from '../platform/locks.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import type { Http } from '../transport/http.js';
import { DunlinError } from '../errors/dunlin-error.js';
import type { StoredSession } from './stored-session.js';
import { Tokens } from './tokens.js';

class FullStorage extends MemoryStorage {
  full = false;

  override async set(key: string, value: unknown): Promise<void> {
    if (this.full) throw new Error('QuotaExceededError');
    return super.set(key, value);
  }
}

/** Takes each refresh token once, as the server does, and again by the id of that use. */
class Exchange {
  readonly used: string[] = [];
  /** The answer to the next use does not arrive. */
  deaf = false;
  private lastId: string | undefined;

  readonly http = {
    post: async (_path: string, { refreshToken, refreshId }: { refreshToken: string; refreshId?: string }) => {
      const again = refreshToken === this.used.at(-1) && refreshId !== undefined && refreshId === this.lastId;
      if (this.used.includes(refreshToken) && !again) throw new DunlinError('session_revoked');
      if (!again) this.used.push(refreshToken);
      this.lastId = refreshId;
      if (this.deaf) throw new DunlinError('network');
      const next = `${this.used.length + 1}`;
      // over at once: each use of it asks for a new one
      return { accessToken: `access ${next}`, refreshToken: `refresh ${next}`, expiresIn: 0 };
    },
  } as unknown as Http;
}

describe('The pair of tokens', () => {
  const first = (user = 'ann'): StoredSession => ({
    user: { id: user, username: user, displayName: user, avatarUrl: null, createdAt: '2026-11-23T09:00:00.000Z' },
    accessToken: 'access 1',
    refreshToken: 'refresh 1',
    expiresAt: 0,
  });
  let storage: FullStorage;
  let exchange: Exchange;
  let tokens: Tokens;
  let refused: number;
  let locks: ProcessLocks;
  const tabs = new Set<Tokens>();
  /** One more, which hears what the others say. */
  const tab = (): Tokens => {
    const others = () => [...tabs].filter((other) => other !== made);
    const made: Tokens = new Tokens(storage, locks, exchange.http, {
      changed: () => undefined,
      unwritten: (pair) => others().forEach((other) => void other.adopt(pair)),
      asks: () => others().forEach((other) => other.tellUnwritten()),
      refused: () => refused++,
    });
    tabs.add(made);
    return made;
  };
  beforeEach(async () => {
    storage = new FullStorage();
    exchange = new Exchange();
    refused = 0;
    tabs.clear();
    locks = new ProcessLocks();
    tokens = tab();
    await tokens.save(first());
  });

  /** A renewal whose answer comes when the test says so. */
  const renewalUnderWay = async (): Promise<{ late: Promise<string>; answer: () => void }> => {
    let answer = (): void => undefined;
    const post = exchange.http.post.bind(exchange.http);
    exchange.http.post = (async (path: string, body: object) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return post(path, body);
    }) as never;
    const late = tokens.current();
    await new Promise((resolve) => setImmediate(resolve));
    return { late, answer };
  };

  it('is renewed again and again though the storage is full, each used once', async () => {
    storage.full = true;
    for (const next of [2, 3, 4]) expect(await tokens.current()).toBe(`access ${next}`);
    expect(exchange.used).toEqual(['refresh 1', 'refresh 2', 'refresh 3']);
    storage.full = false;
    expect(await tokens.current()).toBe('access 5');
    expect(await storage.get('session')).toMatchObject({ refreshToken: 'refresh 5' });
    expect(refused).toBe(0);
  });

  it('is used once by all tabs though the storage is full, in one that is opened later too', async () => {
    const second = tab();
    await second.restored();
    storage.full = true;
    expect(await tokens.current()).toBe('access 2');
    expect(await second.current()).toBe('access 3');
    const third = tab();
    // it finds in the storage what is used up, and asks
    expect(['access 3', 'access 4']).toContain(await third.current());
    await Promise.all([tokens, second, third].map((one) => one.current()));
    expect(new Set(exchange.used).size).toBe(exchange.used.length);
    expect(refused).toBe(0);
    storage.full = false;
    const last = await third.current();
    expect(await storage.get('session')).toMatchObject({ accessToken: last });
  });

  it('is renewed again when the answer was lost, after a reload too', async () => {
    exchange.deaf = true;
    await expect(tokens.current()).rejects.toMatchObject({ code: 'network' });
    await expect(tokens.current()).rejects.toMatchObject({ code: 'network' });
    exchange.deaf = false;
    expect(await tab().current()).toBe('access 2');
    expect(exchange.used).toEqual(['refresh 1']);
    expect(await tokens.current()).toBe('access 2');
    expect(await tokens.current()).toBe('access 3');
    expect(refused).toBe(0);
  });

  it('that was used up goes from a full storage too when one signs out', async () => {
    storage.full = true;
    await tokens.current();
    expect(await tokens.drop()).toBe(true);
    expect(await storage.get('session')).toBeUndefined();
  });

  it('is another tab’s when that has signed in: nothing is done before it is forgotten', async () => {
    await storage.set('session', { ...first(), refreshToken: 'of another' });
    const before = jest.fn();
    expect(await tokens.drop(before)).toBe(false);
    expect(before).not.toHaveBeenCalled();
  });

  it('stays when another tab signs in just before it is forgotten', async () => {
    const signsIn = () => storage.set('session', { ...first(), refreshToken: 'of another' });
    expect(await tokens.drop(signsIn)).toBe(false);
    expect(await storage.get('session')).toMatchObject({ refreshToken: 'of another' });
  });

  it('does not come back when one signs out while it is renewed', async () => {
    const { late, answer } = await renewalUnderWay();
    await tokens.drop();
    answer();
    await expect(late).rejects.toMatchObject({ code: 'signed_out' });
    expect(tokens.held).toBeUndefined();
    expect(await storage.get('session')).toBeUndefined();
  });

  it('that is refused late does not end a session that came after it', async () => {
    let refuse = (): void => undefined;
    exchange.http.post = (() =>
      new Promise((_, reject) => (refuse = () => reject(new DunlinError('session_revoked'))))) as never;
    const late = tokens.current();
    await new Promise((resolve) => setImmediate(resolve));
    await tokens.drop();
    await tokens.save({ ...first(), refreshToken: 'again 1', accessToken: 'again' });
    refuse();
    await expect(late).rejects.toMatchObject({ code: 'session_revoked' });
    expect(refused).toBe(0);
    expect(tokens.held).toMatchObject({ refreshToken: 'again 1' });
  });

  it('does not come back when one signs out while the storage refuses it', async () => {
    const set = storage.set.bind(storage);
    storage.set = async (key: string, value: unknown) => {
      await new Promise((resolve) => setImmediate(resolve));
      if ((value as StoredSession).refreshToken === 'refresh 2') throw new Error('QuotaExceededError');
      return set(key, value);
    };
    const late = tokens.current();
    while (tokens.held?.refreshToken !== 'refresh 2') await new Promise((resolve) => setImmediate(resolve));
    expect(await tokens.drop()).toBe(true);
    await late;
    expect(await tokens.load()).toBeUndefined();
    expect(await storage.get('session')).toBeUndefined();
  });

  it('does not come back when its answer comes while a sign-out still reads the storage', async () => {
    const { late, answer } = await renewalUnderWay();
    const get = storage.get.bind(storage);
    storage.get = async <T>(key: string): Promise<T | undefined> => {
      const found = await get<T>(key);
      await new Promise((resolve) => setImmediate(resolve));
      return found;
    };
    const dropped = tokens.drop();
    answer();
    await expect(late).rejects.toMatchObject({ code: 'signed_out' });
    await dropped;
    expect(tokens.held).toBeUndefined();
    expect(await storage.get('session')).toBeUndefined();
  });

  it('does not come back when one signs out while the storage is read for it', async () => {
    const late = tokens.current();
    const dropped = tokens.drop();
    await expect(late).rejects.toMatchObject({ code: 'signed_out' });
    await dropped;
    expect(tokens.held).toBeUndefined();
    expect(await storage.get('session')).toBeUndefined();
  });

  it('is the newest still when a tab that has not heard of it learns of a changed profile', async () => {
    const second = tab();
    await second.restored();
    const ann = { ...first().user, displayName: 'Ann of the estuary' };
    expect(await second.current()).toBe('access 2');
    await tokens.renamed(ann);
    expect(await storage.get('session')).toMatchObject({ refreshToken: 'refresh 2', user: ann });
    // while it is renewed too
    const [renewed] = await Promise.all([second.current(), tokens.renamed({ ...ann, displayName: 'Ann' })]);
    expect(renewed).toBe('access 3');
    expect(await storage.get('session')).toMatchObject({ refreshToken: 'refresh 3', user: { displayName: 'Ann' } });
    expect(await tokens.current()).toBe('access 4');
    expect(refused).toBe(0);
  });

  it('has the profile of last when that was changed back while it was renewed', async () => {
    const { late, answer } = await renewalUnderWay();
    const { user } = first();
    const there = tokens.renamed({ ...user, displayName: 'Ann of the estuary' });
    const back = tokens.renamed(user);
    answer();
    await Promise.all([late, there, back]);
    expect(await storage.get('session')).toMatchObject({ user });
  });

  it('is not given up when the storage cannot be read just now', async () => {
    const unreadable = jest.spyOn(storage, 'get').mockRejectedValue(new Error('EMFILE'));
    await expect(tokens.current()).rejects.toMatchObject({ code: 'internal', retryable: true });
    expect(tokens.held).toBeDefined();
    unreadable.mockRestore();
    expect(await tokens.current()).toBe('access 2');
    expect(refused).toBe(0);
  });

  it('does not take the place of one that somebody signed in with while it was renewed', async () => {
    const { late, answer } = await renewalUnderWay();
    await tab().save({ ...first('ben'), refreshToken: 'ben 1', accessToken: 'ben' });
    answer();
    await expect(late).rejects.toMatchObject({ code: 'signed_out' });
    expect(await storage.get('session')).toMatchObject({ refreshToken: 'ben 1' });
  });

  it('gives way to what another tab has signed in with meanwhile', async () => {
    storage.full = true;
    await tokens.current();
    storage.full = false;
    await storage.set('session', { ...first('ben'), refreshToken: 'ben 1', expiresAt: Date.now() + 3_600_000 });
    expect((await tokens.load())?.user.id).toBe('ben');
    expect(await tokens.current()).toBe('access 1');
  });
});
