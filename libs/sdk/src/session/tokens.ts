import type { TokenPair, User } from '@dunlin/contracts/wire';
import { DunlinError, isTokenRefused, ofStorage } from '../errors/dunlin-error.js';
import type { Locks } from '../platform/locks.js';
import { newId } from '../platform/ids.js';
import { pause } from '../platform/pause.js';
import type { Storage } from '../storage/storage.js';
import { Value } from '../store/observable.js';
import type { Http, TokenSource } from '../transport/http.js';
import { stored, type StoredSession } from './stored-session.js';

const KEY = 'session';
/** A token that ends within this time is renewed before it is used. Milliseconds. */
const SPARE_MS = 20_000;
/** How long the other tabs have to answer. Milliseconds. */
const ASK_MS = 250;

/** What could not be written, and by its refresh token what the storage holds in its place: that is used up. */
export interface Unwritten {
  readonly session: StoredSession;
  readonly instead: string | undefined;
}

export interface TokenEvents {
  /** The storage holds another session or pair than before. */
  changed(session: StoredSession | undefined): void;
  /** The storage is full: the other tabs get the new pair from here. */
  unwritten(pair: Unwritten): void;
  /** Another tab may have what this one could not find in the storage, and is asked for it. */
  asks(): void;
  /** The server refused the refresh token: the session has ended. */
  refused(): void;
}

/**
 * The pair of tokens. A refresh token works once, and a second use ends the session; so whoever renews holds a lock over
 * all tabs, and looks first whether another has renewed meanwhile. One whose answer was lost, by a reload or with the
 * network, is asked for again by the id that the storage has for it.
 */
export class Tokens implements TokenSource {
  private session: StoredSession | undefined;
  private renewing: Promise<string> | undefined;
  private restoring: Promise<unknown> | undefined;
  /** What is being written. */
  private saving: Unwritten | undefined;
  /** Refresh tokens of sessions that were ended here: what is read or answered late does not bring them back. */
  private readonly forgotten = new Set<string>();
  /** What the storage could not take: a reload does not find it. */
  readonly pending = new Value<Unwritten | undefined>(undefined);

  constructor(
    private readonly storage: Storage,
    private readonly locks: Locks,
    private readonly http: Http,
    private readonly events: TokenEvents,
  ) {}

  /** Resolves when the storage has been read once. A storage that cannot be read holds no session. */
  async restored(): Promise<void> {
    this.restoring ??= this.load().catch(() => undefined);
    await this.restoring;
  }

  /** What the storage holds now, which another tab may have put there. @throws DunlinError `internal`: it cannot be read */
  async load(): Promise<StoredSession | undefined> {
    const found = await this.storage.get<StoredSession>(KEY).catch((error: unknown) => {
      throw ofStorage(error);
    });
    const held = found && this.forgotten.has(found.refreshToken) ? undefined : found;
    if (this.unwritten?.instead !== held?.refreshToken) this.unwritten = undefined;
    this.session = this.unwritten?.session ?? held;
    return this.session;
  }

  private get unwritten(): Unwritten | undefined {
    return this.pending.getSnapshot();
  }

  private set unwritten(pair: Unwritten | undefined) {
    this.pending.set(pair);
  }

  get held(): StoredSession | undefined {
    return this.session;
  }

  get sessionId(): string | undefined {
    return this.session?.id;
  }

  /** A storage that is full ends no session: it goes on as long as this client lives. Never rejects. */
  async save(session: StoredSession): Promise<void> {
    const instead = this.unwritten ? this.unwritten.instead : this.session?.refreshToken;
    this.session = session;
    const saving = (this.saving = { session, instead });
    const unwritten = await this.storage.set(KEY, session).then(
      () => undefined,
      () => saving,
    );
    // signed out meanwhile, or in again
    if (this.saving !== saving) return;
    this.saving = undefined;
    this.session = session;
    this.unwritten = unwritten;
    this.events.changed(session);
    this.tellUnwritten();
  }

  /**
   * The profile has changed. Under the lock, and with the pair that is newest then: one of before, written back, would be
   * used a second time. @throws what the storage cannot be read for
   */
  async renamed(user: User): Promise<void> {
    await this.locks.exclusive('refresh', async () => {
      const held = await this.load();
      if (held?.user.id !== user.id || JSON.stringify(held.user) === JSON.stringify(user)) return;
      await this.save({ ...held, user });
    });
  }

  /** Another tab asks. */
  tellUnwritten(): void {
    if (this.unwritten) this.events.unwritten(this.unwritten);
  }

  /** Another tab could not write this. Never rejects. */
  async adopt(pair: Unwritten): Promise<void> {
    if (this.forgotten.has(pair.session.refreshToken)) return;
    const known = this.unwritten;
    if (known && known.instead === pair.instead && known.session.expiresAt >= pair.session.expiresAt) return;
    this.unwritten = pair;
    await this.load().catch(() => undefined);
  }

  /**
   * Forgets the session.
   * @param before what is done before the storage forgets it
   * @returns false when another tab has signed in meanwhile: that session stays
   */
  async drop(before?: () => Promise<void>): Promise<boolean> {
    const mine = [this.session?.refreshToken, this.unwritten?.instead, this.saving?.instead];
    this.saving = undefined;
    for (const token of mine) if (token !== undefined) this.forgotten.add(token);
    this.session = undefined;
    this.unwritten = undefined;
    const others = async (): Promise<boolean> => {
      const held = await this.storage.get<StoredSession>(KEY).catch(() => undefined);
      return held !== undefined && !mine.includes(held.refreshToken);
    };
    if (await others()) return false;
    await before?.();
    if (before && (await others())) return false;
    await this.storage.delete(KEY);
    return true;
  }

  async current(): Promise<string> {
    await this.restored();
    if (!this.session) throw new DunlinError('signed_out');
    const { accessToken, expiresAt } = this.session;
    return expiresAt - Date.now() > SPARE_MS ? accessToken : this.renewed(accessToken);
  }

  /** However many calls wait, one renews. */
  renewed(refused: string): Promise<string> {
    if (this.session && this.session.accessToken !== refused) return Promise.resolve(this.session.accessToken);
    this.renewing ??= this.renew(this.session?.refreshToken).finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private renew(used: string | undefined): Promise<string> {
    return this.locks.exclusive('refresh', async () => {
      const held = await this.newest();
      if (!held) {
        this.events.changed(undefined);
        throw new DunlinError('signed_out');
      }
      // by the refresh token: access tokens of the same second are the same
      if (held.refreshToken !== used) {
        this.events.changed(held); // another tab was first
        return held.accessToken;
      }
      const pair = await this.exchange(held);
      // signed out meanwhile, or in again: the new pair may not bring the session back
      const now = await this.load().catch(() => this.session);
      if (!this.session || now?.user.id !== held.user.id) throw new DunlinError('signed_out');
      if (now.refreshToken !== held.refreshToken) return now.accessToken;
      await this.save(stored(pair, held.user, held.id));
      return pair.accessToken;
    });
  }

  /**
   * What the storage holds, once it has shown that it can be written. A full one may hold a pair that another tab has used
   * up: a second use would end the session for all of them.
   */
  private async newest(): Promise<StoredSession | undefined> {
    const held = await this.load();
    if (!held) return undefined;
    try {
      const named = { ...held, refreshId: held.refreshId ?? newId() };
      await this.storage.set(KEY, named);
      this.unwritten = undefined;
      return named;
    } catch {
      this.events.asks();
      await pause(ASK_MS);
      return this.load();
    }
  }

  private async exchange({ refreshToken, refreshId }: StoredSession): Promise<TokenPair> {
    try {
      return await this.http.post<TokenPair>('/auth/refresh', { refreshToken, refreshId });
    } catch (error) {
      const failure = DunlinError.from(error);
      // late, it says nothing of a session that came after it
      if (isTokenRefused(failure) && this.session?.refreshToken === refreshToken) this.events.refused();
      throw failure;
    }
  }
}
