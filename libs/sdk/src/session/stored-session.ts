import type { AuthResult, RevokeReason, TokenPair, User } from '@dunlin/contracts/wire';
import { newId } from '../platform/ids.js';

/** A session as the storage holds it, for all tabs. */
export interface StoredSession {
  /** This device's name for it, the same over all renewals; absent in what an older version stored. */
  id?: string;
  user: User;
  accessToken: string;
  refreshToken: string;
  /** What the use of the refresh token is called, from before it is sent until its answer is stored. */
  refreshId?: string;
  /** By this machine's clock, in milliseconds. */
  expiresAt: number;
}

/** Why there is no session any more: by the server's word, or because its tokens were refused. */
export type EndReason = RevokeReason | 'refused';

/** Whether what the account left on the device goes with its session: when somebody signed the device out. */
export const isSignOut = (reason: EndReason): boolean => reason === 'logout' || reason === 'signed_out_remotely';

export type SessionState =
  /** The storage has not been read yet. */
  | { readonly status: 'restoring'; readonly user: null }
  | { readonly status: 'signed-out'; readonly user: null; readonly reason: EndReason | null }
  | { readonly status: 'signed-in'; readonly user: User };

export const stored = (pair: TokenPair, user: User, id: string | undefined): StoredSession => ({
  ...(id === undefined ? {} : { id }),
  user,
  accessToken: pair.accessToken,
  refreshToken: pair.refreshToken,
  expiresAt: Date.now() + pair.expiresIn * 1000,
});

export const storedResult = (result: AuthResult): StoredSession => stored(result, result.user, newId());
