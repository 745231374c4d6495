import type { AuthResult, Page, Session as SessionInfo, TokenPair, User } from '@dunlin/contracts/wire';
import { DunlinError, isTokenRefused } from '../errors/dunlin-error.js';
import type { Channel } from '../platform/channel.js';
import { deadline } from '../platform/deadline.js';
import type { Locks } from '../platform/locks.js';
import type { Storage } from '../storage/storage.js';
import { Value, type Observable } from '../store/observable.js';
import type { Http } from '../transport/http.js';
import { everything, segment } from '../transport/paging.js';
import { isSignOut, storedResult, type EndReason, type SessionState, type StoredSession } from './stored-session.js';
import { Tokens, type Unwritten } from './tokens.js';

/** How long the server has to hear of a sign-out. Milliseconds. */
const LOGOUT_MS = 3000;

/** Everything of an account that the storage holds has to go. */
export interface Wiping {
  /**
   * With the session. @param end called at once; calls `mark` before the session is gone, so that a page that ends in between
   *   leaves it to the next one. Resolves to false when another tab has signed in meanwhile: nothing goes then
   */
  wipe(user: User, end: (mark: () => Promise<void>) => Promise<boolean>): Promise<void>;
  /** Another tab has wiped it, but not what this one was writing. @param due whether they have not signed in since */
  wipeRest(user: User, due: () => Promise<boolean>): Promise<void>;
}

/** Who is signed in here, shared by all tabs of one storage. */
export class Session {
  /** @internal */
  readonly tokens: Tokens;
  private readonly current = new Value<SessionState>({ status: 'restoring', user: null });
  /** Which session that is of. */
  private shown: string | undefined;
  private http!: Http;
  private entering: Promise<unknown> = Promise.resolve();
  private ending: Promise<void> | undefined;

  /**
   * @param wiping removes an account's data from the storage
   * @internal
   */
  constructor(
    storage: Storage,
    locks: Locks,
    private readonly channel: Channel,
    private readonly open: Http,
    private readonly wiping: Wiping,
  ) {
    this.tokens = new Tokens(storage, locks, open, {
      changed: (session) => {
        this.show(session, null);
        this.channel.post({ session: session?.user.id ?? null });
      },
      unwritten: (pair) => this.channel.post({ pair } satisfies PairNews),
      asks: () => this.channel.post({ pair: null } satisfies PairNews),
      refused: () => void this.end('refused'),
    });
    channel.listen((news) => {
      if (isPairNews(news)) void (news.pair ? this.tokens.adopt(news.pair) : this.tokens.tellUnwritten());
      if (isSessionNews(news)) void this.reload(news.reason ?? null);
    });
  }

  /**
   * @param http with the tokens of this session
   * @internal
   */
  use(http: Http): void {
    this.http = http;
  }

  /** Who is signed in; `restoring` until the storage has been read. */
  get state(): Observable<SessionState> {
    return this.current;
  }

  /** The signed-in person. @throws DunlinError `signed_out` */
  get user(): User {
    const { user } = this.current.getSnapshot();
    if (!user) throw new DunlinError('signed_out');
    return user;
  }

  /** Resolves when the storage has been read: with the session that was there, or without one. Never rejects. */
  async restored(): Promise<SessionState> {
    await this.tokens.restored();
    if (this.current.getSnapshot().status === 'restoring') this.show(this.tokens.held, null);
    return this.current.getSnapshot();
  }

  /**
   * Makes an account and signs in.
   * @param input username: 3–32 of `a-z A-Z 0-9 . _ -`; password: 8–256 characters, and in production no common one; displayName: 1–64, default the username;
   *   device: as with {@link signIn}
   * @throws DunlinError `username_taken`, `validation_failed` (with `errors`), `rate_limited`, `network`
   */
  signUp(input: { username: string; password: string; displayName?: string; device?: string }): Promise<User> {
    return this.enter('/auth/register', input);
  }

  /**
   * @param input device: what this session is called in the list of sessions, 1–64 characters
   * @throws DunlinError `invalid_credentials`, `validation_failed`, `rate_limited` (with `retryAfterMs`), `network`
   */
  signIn(input: { username: string; password: string; device?: string }): Promise<User> {
    return this.enter('/auth/login', input);
  }

  /**
   * Removes the account's data from this device at once, unsent messages included, and ends the session on the server.
   * When that cannot be reached within three seconds, the session ends when its tokens expire.
   * Never rejects for the server's sake.
   */
  async signOut(): Promise<void> {
    await this.restored();
    const { held } = this.tokens;
    const told = held && this.tellLogout(held).catch(() => undefined);
    await this.end('logout');
    await told;
  }

  /**
   * Every other session of this account ends.
   * @throws DunlinError `invalid_credentials`, `validation_failed`, `rate_limited`, `network`
   */
  changePassword(input: { currentPassword: string; newPassword: string }): Promise<void> {
    return this.http.post('/auth/password', input);
  }

  /** The account's sessions, the one used last first. @throws DunlinError */
  async list(): Promise<SessionInfo[]> {
    const all: SessionInfo[] = [];
    for await (const session of everything((page) => this.http.get<Page<SessionInfo>>('/auth/sessions', { ...page })))
      all.push(session);
    return all;
  }

  /** Signs one session out, on whatever device. @throws DunlinError `not_found`, `network` */
  revoke(sessionId: string): Promise<void> {
    return this.http.delete(`/auth/sessions/${segment(sessionId)}`);
  }

  /**
   * The session is over. What the account left in the storage stays for its next sign-in when the session merely ran out
   * or the password changed; it goes when somebody signed this device out.
   * Resolves when that is done, though it was begun by another call: a sign-out is also announced by the socket.
   */
  private async end(reason: EndReason): Promise<void> {
    const session = this.tokens.held;
    if (session) this.ending = this.finish(session, reason);
    await this.ending;
  }

  /**
   * The server has ended a session, or takes its tokens no longer. Another of the same person may have taken its place, in
   * another tab and unnoticed here: that one stays.
   * @param id of the session
   * @internal
   */
  async ended(reason: EndReason, user: User, id: string | undefined): Promise<void> {
    await this.reload(reason);
    const { held } = this.tokens;
    if (held?.user.id === user.id && held.id === id) await this.end(reason);
  }

  private async finish(session: StoredSession, reason: EndReason): Promise<void> {
    this.show(undefined, reason);
    const end = async (mark?: () => Promise<void>): Promise<boolean> => {
      const gone = await this.tokens.drop(mark).catch(() => true);
      if (gone) this.channel.post({ session: null, reason });
      return gone;
    };
    if (isSignOut(reason)) await this.wiping.wipe(session.user, end).catch(() => undefined);
    else await end();
  }

  /** The profile has changed. @internal */
  renamed(user: User): Promise<void> {
    const { held } = this.tokens;
    if (held?.user.id === user.id) this.show({ ...held, user }, null);
    // a storage that cannot be read keeps the name of before
    return this.tokens.renamed(user).catch(() => undefined);
  }

  /** Asks for one's own profile, which may have changed while nobody told this device. Never rejects. @internal */
  async refresh(): Promise<void> {
    const before = this.current.getSnapshot();
    const user = await this.http.get<User>('/users/me').catch(() => undefined);
    // what was told meanwhile is newer
    if (user && this.current.getSnapshot() === before) await this.renamed(user);
  }

  /** With tokens of its own, which this device has forgotten by then. @throws DunlinError */
  private async tellLogout({ accessToken, refreshToken, refreshId }: StoredSession): Promise<void> {
    const limit = deadline(LOGOUT_MS);
    const common = { keepalive: true, signal: limit.signal };
    const logout = (token: string): Promise<void> => this.open.json('POST', '/auth/logout', { ...common, token });
    try {
      await logout(accessToken).catch(async (error: DunlinError) => {
        if (!isTokenRefused(error)) throw error;
        const body = { refreshToken, refreshId };
        await logout((await this.open.json<TokenPair>('POST', '/auth/refresh', { ...common, body })).accessToken);
      });
    } finally {
      limit.end();
    }
  }

  /** One after the other: of two people's at once one would be held, and the other nobody could end. */
  private enter(path: string, input: object): Promise<User> {
    const turn = this.entering.then(() => this.entered(path, input));
    this.entering = turn.catch(() => undefined);
    return turn;
  }

  private async entered(path: string, input: object): Promise<User> {
    await this.restored();
    const result = await this.open.post<AuthResult>(path, input);
    const previous = this.tokens.held;
    const same = previous?.user.id === result.user.id;
    if (!same && previous) await this.signOut();
    await this.tokens.save(storedResult(result));
    // nobody has its tokens any more
    if (same) void this.tellLogout(previous).catch(() => undefined);
    return result.user;
  }

  private async reload(reason: EndReason | null): Promise<void> {
    const { user } = this.current.getSnapshot();
    const gone = async (): Promise<boolean> => (await this.tokens.load())?.user.id !== user?.id;
    try {
      const over = await gone();
      this.show(this.tokens.held, reason);
      if (user && over && reason && isSignOut(reason)) this.wiping.wipeRest(user, gone).catch(() => undefined);
    } catch {
      // a storage that cannot be read says nothing: what was here stays
    }
  }

  private show(session: StoredSession | undefined, reason: EndReason | null): void {
    const before = this.current.getSnapshot();
    if (session) {
      const same = before.user && this.shown === session.id;
      if (same && JSON.stringify(before.user) === JSON.stringify(session.user)) return;
      this.shown = session.id;
      this.current.set({ status: 'signed-in', user: session.user });
    } else if (before.status !== 'signed-out') this.current.set({ status: 'signed-out', user: null, reason });
  }
}

/** For a storage that is full; null asks for what others could not write. */
interface PairNews {
  pair: Unwritten | null;
}

const isPairNews = (news: unknown): news is PairNews => typeof news === 'object' && news !== null && 'pair' in news;

interface SessionNews {
  session: string | null;
  reason?: EndReason;
}

const isSessionNews = (news: unknown): news is SessionNews =>
  typeof news === 'object' && news !== null && 'session' in news;
