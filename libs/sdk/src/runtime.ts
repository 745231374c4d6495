import type { User } from '@dunlin/contracts/wire';
import { Account } from './account.js';
import { ChatViews } from './conversations/chat-views.js';
import type { Drafts } from './conversations/drafts.js';
import { DunlinError } from './errors/dunlin-error.js';
import type { ClientEvents } from './events/client-events.js';
import { Emitter } from './events/emitter.js';
import type { DunlinOptions } from './options.js';
import { browser } from './platform/browser.js';
import { openChannel, silentChannel, type Channel } from './platform/channel.js';
import { LeaseLocks } from './platform/lease-locks.js';
import { ProcessLocks, WebLocks, type Locks } from './platform/locks.js';
import { tabId } from './platform/tab-id.js';
import type { Presence } from './presence/presence.js';
import { Session } from './session/session.js';
import { IndexedDbStorage } from './storage/indexed-db-storage.js';
import { MemoryStorage } from './storage/memory-storage.js';
import { StorageArea, type Storage } from './storage/storage.js';
import { Computed } from './store/observable.js';
import { Http } from './transport/http.js';
import type { ConnectionStatus } from './transport/connection.js';
import type { Typing } from './typing/typing.js';

export interface ConnectionView {
  /** `stopped`: nobody is signed in. */
  readonly status: ConnectionStatus;
  /** Whether it is being fetched what was missed. */
  readonly syncing: boolean;
  /** When the next attempt is made, in milliseconds since 1970; null when none is waited for. */
  readonly retryAt: number | null;
  /** Messages that are not confirmed yet. */
  readonly waiting: number;
  /** Messages that were refused. */
  readonly failed: number;
}

/** What outlives a sign-out, and the account while there is one. */
export class Runtime {
  readonly events = new Emitter<ClientEvents>();
  readonly views = new ChatViews(() => this.account?.chats);
  readonly connection: Computed<ConnectionView>;
  readonly session: Session;
  readonly http: Http;
  private readonly storage: Storage;
  private readonly locks: Locks;
  private readonly channel: Channel;
  private current: Account | undefined;
  private starting: Promise<void> = Promise.resolve();
  private leaving: Promise<void> = Promise.resolve();
  /** A page that is hidden may never come back; one that does may have slept through the end of its connection. */
  private readonly shownOrHidden = (): void => {
    if (browser.document?.visibilityState === 'hidden') void this.flush();
    else this.parts.presence.refresh();
  };

  constructor(
    private readonly options: DunlinOptions,
    private readonly parts: { presence: Presence; typing: Typing; drafts: Drafts },
  ) {
    const origin = options.url.replace(/\/+$/, '');
    const { storage, sharing } = resources(options, origin);
    const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const timeoutMs = options.requestTimeoutMs ?? 30_000;
    this.storage = storage;
    this.locks = sharing.locks;
    this.channel = sharing.channel;
    const open = new Http(origin, fetch, timeoutMs);
    this.session = new Session(storage, this.locks, this.channel, open, (user) => this.wipe(user));
    this.http = new Http(origin, fetch, timeoutMs, this.session.tokens);
    this.session.use(this.http);
    this.connection = new Computed((before) => this.connectionView(before));
    this.session.state.subscribe(() => this.follow());
    browser.document?.addEventListener('visibilitychange', this.shownOrHidden);
  }

  get account(): Account | undefined {
    return this.current;
  }

  /** @throws DunlinError `signed_out` */
  get required(): Account {
    if (!this.current) throw new DunlinError('signed_out');
    return this.current;
  }

  /** Resolves when what the storage has can be seen. */
  async started(): Promise<void> {
    await this.session.restored();
    await this.starting;
  }

  async flush(): Promise<void> {
    await Promise.all([this.current?.flush(), this.parts.drafts.flush()]);
  }

  /** Ends all work; nothing of the storage is lost. */
  async close(): Promise<void> {
    browser.document?.removeEventListener('visibilitychange', this.shownOrHidden);
    await this.starting.catch(() => undefined);
    await this.leave(true);
    this.channel.close();
  }

  /** Who is signed in has changed. */
  private follow(): void {
    const state = this.session.state.getSnapshot();
    if (state.user?.id === this.current?.user.id) return;
    this.leaving = this.leave(state.status === 'signed-out' && state.reason !== 'logout');
    if (state.status === 'signed-in') this.starting = this.enter(state.user, this.leaving);
    else if (state.status === 'signed-out' && state.reason) this.events.emit('session:ended', { reason: state.reason });
  }

  private async enter(user: User, before: Promise<void>): Promise<void> {
    const { presence, typing, drafts } = this.parts;
    const storage = this.areaOf(user);
    const account = new Account(user, {
      http: this.http,
      tokens: this.session.tokens,
      storage,
      locks: this.locks,
      channel: this.channel,
      events: this.events,
      views: this.views,
      options: this.options,
      outboxChanged: () => this.connection.invalidate(),
    });
    this.current = account;
    const { connection, catchUp } = account;
    connection.on('session:revoked', ({ reason }) => void this.session.end(reason));
    connection.on('user:updated', (me) => void this.session.renamed(me));
    connection.on('ended', () => void this.session.end('refused'));
    connection.state.subscribe(() => this.connection.invalidate());
    catchUp.syncing.subscribe(() => this.connection.invalidate());
    presence.use(connection);
    typing.use(connection);
    this.views.changed();
    await before;
    await drafts.start(storage, this.channel, user.id).catch(() => undefined);
    if (this.current === account) await account.start();
  }

  private async leave(keep: boolean): Promise<void> {
    const account = this.current;
    if (!account) return;
    this.current = undefined;
    this.parts.presence.stop();
    this.parts.typing.stop();
    const drafts = keep ? this.parts.drafts.flush() : undefined;
    const stopped = this.parts.drafts.stop();
    this.views.changed();
    this.connection.invalidate();
    await Promise.all([account.close(keep), drafts, stopped]);
  }

  private async wipe(user: User): Promise<void> {
    await Promise.allSettled([this.starting, this.leaving]);
    await this.areaOf(user).clear();
  }

  private areaOf(user: User): StorageArea {
    return new StorageArea(this.storage, `account:${user.id}:`);
  }

  private connectionView(before: ConnectionView | undefined): ConnectionView {
    const link = this.current?.connection.state.getSnapshot() ?? { status: 'stopped' as const, retryAt: null };
    const entries = this.current?.outbox.all ?? [];
    const failed = entries.filter((entry) => entry.status === 'failed').length;
    const syncing = this.current?.catchUp.syncing.getSnapshot() ?? false;
    const now = { ...link, syncing, waiting: entries.length - failed, failed };
    const same = before && (Object.keys(now) as (keyof ConnectionView)[]).every((name) => now[name] === before[name]);
    return same ? before : now;
  }
}

/** The browser's database is shared by all tabs; any other storage is taken to be this client's own. */
function resources(
  { storage, sharing }: DunlinOptions,
  origin: string,
): { storage: Storage; sharing: { locks: Locks; channel: Channel } } {
  const own = (): { locks: Locks; channel: Channel } => ({ locks: new ProcessLocks(), channel: silentChannel });
  if (storage) return { storage, sharing: sharing ?? own() };
  if (!browser.indexedDB) return { storage: new MemoryStorage(), sharing: sharing ?? own() };
  const name = `dunlin:${origin}`;
  const database = new IndexedDbStorage(name);
  const manager = browser.navigator?.locks;
  const locks = manager ? new WebLocks(manager, name) : new LeaseLocks(database, tabId(name));
  return { storage: database, sharing: sharing ?? { locks, channel: openChannel(name) } };
}
