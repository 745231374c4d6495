import type { TokenPair } from '@dunlin/contracts/wire';
import { DunlinError, isTokenRefused } from '../errors/dunlin-error.js';
import type { Locks } from '../platform/locks.js';
import type { Storage } from '../storage/storage.js';
import type { Http, TokenSource } from '../transport/http.js';
import { stored, type StoredSession } from './stored-session.js';

const KEY = 'session';
/** A token that ends within this time is renewed before it is used. Milliseconds. */
const SPARE_MS = 20_000;

export interface TokenEvents {
  /** The storage holds another session or pair than before. */
  changed(session: StoredSession | undefined): void;
  /** The server refused the refresh token: the session has ended. */
  refused(): void;
}

/**
 * The pair of tokens. A refresh token works once, and a second use ends the session; so whoever renews holds a lock over
 * all tabs, and looks first whether another has renewed meanwhile.
 */
export class Tokens implements TokenSource {
  private session: StoredSession | undefined;
  private renewing: Promise<string> | undefined;
  private restoring: Promise<unknown> | undefined;
  /** What could not be written, and by its refresh token what the storage holds in its place: that is used up. */
  private unwritten: { readonly session: StoredSession; readonly instead: string | undefined } | undefined;

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

  /** What the storage holds now, which another tab may have put there. */
  async load(): Promise<StoredSession | undefined> {
    const held = await this.storage.get<StoredSession>(KEY);
    if (this.unwritten?.instead !== held?.refreshToken) this.unwritten = undefined;
    this.session = this.unwritten?.session ?? held;
    return this.session;
  }

  get held(): StoredSession | undefined {
    return this.session;
  }

  /** A storage that is full ends no session: it goes on as long as this client lives. Never rejects. */
  async save(session: StoredSession): Promise<void> {
    const instead = this.unwritten ? this.unwritten.instead : this.session?.refreshToken;
    this.session = session;
    this.unwritten = await this.storage.set(KEY, session).then(
      () => undefined,
      () => ({ session, instead }),
    );
    this.events.changed(session);
  }

  /** Forgets the session. @returns false when another tab has signed in meanwhile: that session stays */
  async drop(): Promise<boolean> {
    const mine = [this.session?.refreshToken, this.unwritten?.instead];
    this.session = undefined;
    this.unwritten = undefined;
    const held = await this.storage.get<StoredSession>(KEY);
    if (held && !mine.includes(held.refreshToken)) return false;
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
      const held = await this.load();
      if (!held) {
        this.events.changed(undefined);
        throw new DunlinError('signed_out');
      }
      // by the refresh token: access tokens of the same second are the same
      if (held.refreshToken !== used) {
        this.events.changed(held); // another tab was first
        return held.accessToken;
      }
      const pair = await this.exchange(held.refreshToken);
      await this.save(stored(pair, held.user));
      return pair.accessToken;
    });
  }

  private async exchange(refreshToken: string): Promise<TokenPair> {
    try {
      return await this.http.post<TokenPair>('/auth/refresh', { refreshToken });
    } catch (error) {
      const failure = DunlinError.from(error);
      if (isTokenRefused(failure)) this.events.refused();
      throw failure;
    }
  }
}
