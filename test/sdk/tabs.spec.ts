import 'fake-indexeddb/auto';
import { IndexedDbStorage, ProcessLocks, type DunlinClient, type DunlinOptions } from '@dunlin/sdk';
import { openChannel } from '../../libs/sdk/src/platform/channel.js';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { PASSWORD } from '../support/person.js';
import { unique } from '../support/names.js';
import { befriend, newClient, newPerson, oneServer, online, shows, texts, until } from './people.js';

jest.setTimeout(60_000);

/** A browser: what its tabs share, and how often they refreshed. */
class Browser {
  readonly refreshes: string[] = [];
  readonly storage = new IndexedDbStorage(unique('browser'));
  private readonly locks = new ProcessLocks();
  private readonly name = unique('tabs');

  options(): Partial<DunlinOptions> {
    return {
      storage: this.storage,
      sharing: { locks: this.locks, channel: openChannel(this.name) },
      fetch: (url, init) => {
        if (url.endsWith('/auth/refresh')) this.refreshes.push(String(init?.body));
        return fetch(url, init);
      },
    };
  }

  async tab(url: string): Promise<DunlinClient> {
    const client = newClient(url, this.options());
    await client.ready();
    return client;
  }

  /** As if time had passed. */
  async expireToken(accessToken?: string): Promise<void> {
    const session = await this.storage.get<object>('session');
    await this.storage.set('session', { ...session, expiresAt: 0, ...(accessToken ? { accessToken } : {}) });
  }
}

type Credentials = Parameters<DunlinClient['session']['signIn']>[0];

describe('One session', () => {
  const server = oneServer();
  let browser: Browser;

  beforeEach(() => (browser = new Browser()));

  const signedIn = async (at = server.url): Promise<DunlinClient> => {
    const client = newClient(at, browser.options());
    await client.session.signUp({ username: unique('ann'), password: PASSWORD });
    await online(client);
    return client;
  };
  /** A tab whose connection can be cut, and a friend on one that holds. */
  const behindProxy = async () => {
    const proxy = await FaultProxy.to(server.url);
    const first = await signedIn(proxy.url);
    const ben = await newPerson(server.url, 'ben');
    return { proxy, first, ben, conversationId: await befriend(first, ben) };
  };

  it('is refreshed once, however many calls wait', async () => {
    await (await signedIn()).close();
    await browser.expireToken();
    const client = await browser.tab(server.url);
    await Promise.all(Array.from({ length: 20 }, () => client.users.me()));
    await online(client);
    expect(browser.refreshes).toHaveLength(1);
  });

  it('is refreshed when the server refuses a token that looked good', async () => {
    const client = await signedIn();
    const session = await browser.storage.get<{ accessToken: string }>('session');
    await client.close();
    const half = session?.accessToken.slice(0, -6) ?? '';
    await browser.storage.set('session', { ...session, accessToken: `${half}AAAAAA` });
    const again = await browser.tab(server.url);
    await Promise.all([again.users.me(), again.friends.list(), online(again)]);
    expect(browser.refreshes).toHaveLength(1);
  });

  it('is shared by three tabs that wake up at once with an expired token', async () => {
    await (await signedIn()).close();
    await browser.expireToken();
    const tabs = await Promise.all([browser.tab(server.url), browser.tab(server.url), browser.tab(server.url)]);
    await Promise.all(tabs.map(online));
    await Promise.all(tabs.map((tab) => tab.users.me()));
    expect(browser.refreshes).toHaveLength(1);
    // and the one after that is not a token used twice
    await browser.expireToken();
    const fourth = await browser.tab(server.url);
    await online(fourth);
    await Promise.all(tabs.map((tab) => tab.users.me()));
    expect(new Set(browser.refreshes).size).toBe(2);
  });

  it('what one tab writes the other shows; what it leaves the other sends', async () => {
    const { proxy, first, ben, conversationId } = await behindProxy();
    const second = await browser.tab(server.url);
    await online(second);
    proxy.cut();
    await until(first.connection, ({ status }) => status === 'offline', 'the loss to be noticed');
    for (const text of ['one', 'two']) first.messages.send({ conversationId, text });

    const shown = second.conversations.open(conversationId);
    await until(shown, ({ messages }) => messages.length === 2, 'the second tab to show them');
    expect(shown.getSnapshot().messages.map(({ delivery }) => delivery)).toEqual(['pending', 'pending']);
    expect(ben.conversations.of(conversationId).getSnapshot()?.lastSeq ?? 0).toBe(0);

    await first.close();
    await shows(ben.conversations.open(conversationId), ['one', 'two']);
    await shows(shown, ['one', 'two']);
    expect(texts(shown)).toEqual(['one', 'two']);
    expect(await browser.storage.entries(`account:${second.session.user.id}:outbox:`)).toEqual([]);
    await proxy.close();
  });

  it('what a reloaded tab had waiting goes first and at once, though another tab without a connection has it', async () => {
    const { proxy, first, ben, conversationId } = await behindProxy();
    const second = newClient(proxy.url, { ...browser.options(), backoff: { minMs: 600_000, maxMs: 600_000 } });
    await second.ready();
    await online(second);
    proxy.cut();
    await until(first.connection, ({ status }) => status === 'offline', 'the loss to be noticed');
    await until(second.connection, ({ status }) => status === 'offline', 'the loss to be noticed by the other');
    const file = new Blob(['high water at six'], { type: 'text/plain' });
    first.messages.send({ conversationId, text: 'one' });
    first.messages.sendFile({ conversationId, file, name: 'tides.txt' });
    await until(second.connection, ({ waiting }) => waiting === 2, 'the second tab to know them');
    await first.close();

    const reloaded = await browser.tab(server.url);
    reloaded.messages.send({ conversationId, text: 'three' });
    await shows(ben.conversations.open(conversationId), ['one', '[media]', 'three']);
    await until(second.connection, ({ waiting }) => waiting === 0, 'the second tab to hear of it');
    expect(reloaded.connection.getSnapshot()).toMatchObject({ waiting: 0, failed: 0 });
    await proxy.close();
  });

  it('a draft is the same in all tabs, and is gone from all when it is sent', async () => {
    const first = await signedIn();
    const { conversationId } = await first.groups.create({ name: 'Notes', joinPolicy: 'invite' });
    const second = await browser.tab(server.url);
    first.drafts.set(conversationId, 'half a thought');
    await until(second.drafts.of(conversationId), (text) => text === 'half a thought', 'the draft');
    first.drafts.set(conversationId, '');
    await until(second.drafts.of(conversationId), (text) => text === '', 'the draft to go');
  });

  it('signing out of one tab signs out of all', async () => {
    const first = await signedIn();
    const second = await browser.tab(server.url);
    await online(second);
    await first.session.signOut();
    await until(second.session.state, ({ status }) => status === 'signed-out', 'the other tab');
    expect(second.connection.getSnapshot().status).toBe('stopped');
    await until({ getSnapshot: () => first.session.state.getSnapshot() }, ({ user }) => user === null, 'the first tab');
  });

  it('stays of two that are begun at once, the second, and the first ends on the server too', async () => {
    const people = await Promise.all(['ann', 'ben'].map((base) => newPerson(server.url, base)));
    const [ann, ben] = people.map(({ session }) => ({ username: session.user.username, password: PASSWORD }));
    const client = newClient(server.url);
    const { session } = client;
    const wrong = session.signIn({ username: unique('nobody'), password: PASSWORD });
    const both = Promise.all([session.signIn(ann as Credentials), session.signIn(ben as Credentials)]);
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_credentials' });
    const [first, second] = await both;
    expect([first.username, second.username]).toEqual([ann?.username, ben?.username]);
    expect(session.user.username).toBe(ben?.username);
    await online(client);
    expect(await Promise.all(people.map(async (one) => (await one.session.list()).length))).toEqual([1, 2]);
  });

  it('ends on the server too when one signs out with a token that has run out', async () => {
    const client = newClient(server.url, browser.options());
    const username = unique('ann');
    await client.session.signUp({ username, password: PASSWORD });
    await client.close();
    const session = await browser.storage.get<{ accessToken: string }>('session');
    await browser.expireToken(`${session?.accessToken.slice(0, -6)}AAAAAA`);
    const again = newClient(server.url, browser.options());
    await again.session.signOut();
    const other = newClient(server.url);
    await other.session.signIn({ username, password: PASSWORD });
    expect(await other.session.list()).toHaveLength(1);
  });

  it('that is ended from elsewhere says why, and keeps what was not sent for the next sign-in', async () => {
    const client = newClient(server.url, browser.options());
    const username = unique('ann');
    await client.session.signUp({ username, password: PASSWORD });
    await online(client);
    const reasons: string[] = [];
    client.on('session:ended', ({ reason }) => reasons.push(reason));
    const other = newClient(server.url);
    await other.session.signIn({ username, password: PASSWORD, device: 'elsewhere' });
    expect((await other.session.list()).map(({ device, current }) => ({ device, current }))).toEqual([
      { device: 'elsewhere', current: true },
      { device: null, current: false },
    ]);
    const group = await client.groups.create({ name: 'Notes', joinPolicy: 'invite' });
    client.drafts.set(group.conversationId, 'unfinished');
    await other.session.changePassword({ currentPassword: PASSWORD, newPassword: 'another long password' });
    await until(client.session.state, ({ status }) => status === 'signed-out', 'the end of the session');
    expect(reasons).toEqual(['password_changed']);
    await expect(client.users.me()).rejects.toMatchObject({ name: 'DunlinError', code: 'signed_out' });

    await client.session.signIn({ username, password: 'another long password' });
    await online(client);
    expect(client.drafts.of(group.conversationId).getSnapshot()).toBe('unfinished');

    const [mine] = (await other.session.list()).filter(({ current }) => !current);
    await other.session.revoke(mine?.id as string);
    await until(client.session.state, ({ status }) => status === 'signed-out', 'the second end');
    expect(reasons).toEqual(['password_changed', 'signed_out_remotely']);
    await until(
      { getSnapshot: () => client.conversations.list.getSnapshot() },
      (list) => list.length === 0,
      'the list to be empty',
    );
  });
});
