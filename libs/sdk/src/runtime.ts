import type { User } from '@dunlin/contracts/wire';
import { Account } from './account.js';
import { ChatViews } from './conversations/chat-views.js';
import type { Drafts } from './conversations/drafts.js';
import { DunlinError, invalid } from './errors/dunlin-error.js';
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
import { isSignOut, type EndReason } from './session/stored-session.js';
import { IndexedDbStorage } from './storage/indexed-db-storage.js';
import { MemoryStorage } from './storage/memory-storage.js';
import { PageLocks, PageStorage } from './storage/page-storage.js';
import type { Storage } from './storage/storage.js';
import { Wipes } from './storage/wipes.js';
import { Computed, Value, type Observable } from './store/observable.js';
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
  /** Those of either kind that the storage does not keep: they are lost with this page or process. */
  readonly unwritten: number;
}

/** What outlives a sign-out, and the account while there is one. */
export class Runtime {
  readonly events = new Emitter<ClientEvents>();
  readonly views = new ChatViews(() => this.account?.chats);
  readonly connection: Computed<ConnectionView>;
  readonly session: Session;
  /** Whether a reload finds the session again. */
  readonly lasting: Computed<boolean>;
  readonly http: Http;
  private readonly wipes: Wipes;
  /** Whether the storage outlives the page. */
  private readonly kept: Observable<boolean>;
  private readonly locks: Locks;
  private readonly channel: Channel;
  private current: Account | undefined;
  private starting: Promise<void>;
  private leaving: Promise<void> = Promise.resolve();
  /** Whether the session is from before this client. */
  private restoring = true;
  /** Nothing new begins. */
  private closed = false;
  /** A page that is hidden may never come back; one that does may have slept through the end of its connection. */
  private readonly shownOrHidden = (): void => {
    if (browser.document?.visibilityState === 'hidden') void this.flush();
    else this.parts.presence.refresh();
  };

  constructor(
    private readonly options: DunlinOptions,
    private readonly parts: { presence: Presence; typing: Typing; drafts: Drafts },
  ) {
    const origin = originOf(options);
    const { storage, lasting, sharing } = resources(options, origin);
    const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const timeoutMs = options.requestTimeoutMs ?? 30_000;
    this.locks = sharing.locks;
    this.wipes = new Wipes(storage, this.locks);
    this.channel = sharing.channel;
    const open = new Http(origin, fetch, timeoutMs);
    this.session = new Session(storage, this.locks, this.channel, open, {
      wipe: (user, end) => this.wipes.wipe(user.id, end, this.settled()),
      wipeRest: (user, due) => this.wipes.wipeRest(user.id, due, this.settled()),
    });
    this.http = new Http(origin, fetch, timeoutMs, this.session.tokens);
    this.session.use(this.http);
    const { pending } = this.session.tokens;
    this.lasting = new Computed(() => lasting.getSnapshot() && !pending.getSnapshot());
    for (const cause of [lasting, pending]) cause.subscribe(() => this.lasting.invalidate());
    this.kept = lasting;
    this.connection = new Computed((before) => this.connectionView(before));
    lasting.subscribe(() => this.connection.invalidate());
    this.session.state.subscribe(() => this.follow());
    this.starting = this.wipes.rest();
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
    this.closed = true;
    browser.document?.removeEventListener('visibilitychange', this.shownOrHidden);
    await this.starting.catch(() => undefined);
    await (this.leaving = this.leave(true));
    this.channel.close();
  }

  /** Who is signed in has changed. */
  private follow(): void {
    const state = this.session.state.getSnapshot();
    const { restoring } = this;
    this.restoring = false;
    if (state.user?.id === this.current?.user.id) return this.current?.connection.follow();
    // without a reason it was another tab that ended it, and may have wiped it
    const keep = state.status === 'signed-out' && state.reason !== null && !isSignOut(state.reason);
    this.leaving = this.leave(keep);
    if (state.status === 'signed-in' && !this.closed) this.starting = this.enter(state.user, this.leaving, restoring);
    else if (state.status === 'signed-out' && state.reason) this.events.emit('session:ended', { reason: state.reason });
  }

  /** @param away whether news of the account may have been missed */
  private async enter(user: User, before: Promise<void>, away: boolean): Promise<void> {
    const { presence, typing, drafts } = this.parts;
    const storage = this.wipes.areaOf(user.id);
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
      // nobody can send it any more, nor be asked about it
      lost: (conversationId) => drafts.drop(conversationId),
    });
    this.current = account;
    // what somebody wrote while nobody was signed in is nobody's
    const emptied = drafts.stop();
    const { connection, catchUp } = account;
    const ended = async (reason: EndReason): Promise<void> => {
      await this.session.ended(reason, user, connection.sessionId);
      // with another session's tokens it goes on
      if (this.current === account) connection.start();
    };
    connection.on('session:revoked', ({ reason }) => void ended(reason));
    connection.on('up', () => {
      if (away) void this.session.refresh();
      away = true;
    });
    connection.on('user:updated', (me) => void this.session.renamed(me));
    connection.on('ended', () => void ended('refused'));
    connection.state.subscribe(() => this.connection.invalidate());
    catchUp.syncing.subscribe(() => this.connection.invalidate());
    presence.use(connection);
    typing.use(connection);
    this.views.changed();
    await Promise.all([before, emptied]);
    if (this.current === account) await this.wipes.rest();
    if (this.current !== account) return;
    await drafts.start(storage, this.channel, user.id).catch(() => undefined);
    if (this.current === account && !this.closed) await account.start();
  }

  private async leave(keep: boolean): Promise<void> {
    const account = this.current;
    if (!account) return this.leaving;
    this.current = undefined;
    this.parts.presence.stop();
    this.parts.typing.stop();
    const drafts = keep ? this.parts.drafts.flush() : undefined;
    const stopped = this.parts.drafts.stop();
    this.views.changed();
    this.connection.invalidate();
    await Promise.all([account.close(keep), drafts, stopped]);
  }

  /** Nothing of who was there is being written any more. */
  private settled(): Promise<unknown> {
    return Promise.allSettled([this.starting, this.leaving]);
  }

  private connectionView(before: ConnectionView | undefined): ConnectionView {
    const link = this.current?.connection.state.getSnapshot() ?? { status: 'stopped' as const, retryAt: null };
    const entries = this.current?.outbox.all ?? [];
    const failed = entries.filter((entry) => entry.status === 'failed').length;
    const unwritten = this.kept.getSnapshot() ? (this.current?.outbox.unwritten ?? 0) : entries.length;
    const syncing = this.current?.catchUp.syncing.getSnapshot() ?? false;
    const now = { ...link, syncing, waiting: entries.length - failed, failed, unwritten };
    const same = before && (Object.keys(now) as (keyof ConnectionView)[]).every((name) => now[name] === before[name]);
    return same ? before : now;
  }
}

interface Resources {
  readonly storage: Storage;
  readonly lasting: Observable<boolean>;
  readonly sharing: { locks: Locks; channel: Channel };
}

/** @throws DunlinError `validation_failed` */
function originOf(options?: Partial<DunlinOptions>): string {
  const { url } = options ?? {};
  if (typeof url !== 'string' || !/^https?:/i.test(url)) throw invalid('url', 'must begin with http:// or https://');
  return url.replace(/\/+$/, '');
}

/** The browser's databases are shared by all tabs; any other storage is taken to be this client's own. */
function resources({ storage: given, sharing }: DunlinOptions, origin: string): Resources {
  const ofBrowser = given ? given instanceof IndexedDbStorage : 'indexedDB' in browser;
  if (!ofBrowser) {
    const own = { locks: new ProcessLocks(), channel: silentChannel };
    const lasting = new Value(given !== undefined);
    return { storage: given ?? new MemoryStorage(), lasting, sharing: sharing ?? own };
  }
  const database = given instanceof IndexedDbStorage ? given : new IndexedDbStorage(`dunlin:${origin}`);
  const { name } = database;
  const storage = new PageStorage(database);
  if (sharing) return { storage, lasting: storage.lasting, sharing };
  const manager = browser.navigator?.locks;
  const all = manager ? new WebLocks(manager, name) : new LeaseLocks(database, tabId(name));
  const channel = openChannel(name);
  void storage.shared().then((shared) => shared || channel.close());
  return { storage, lasting: storage.lasting, sharing: { locks: new PageLocks(storage, all), channel } };
}
