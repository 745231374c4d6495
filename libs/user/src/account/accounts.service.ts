import { Injectable } from '@nestjs/common';
import { DunlinError, type AuthResult, type Caller, type SessionId, type UserId } from '@dunlin/contracts';
import { Clock, Config, newId } from '@dunlin/platform';
import { Database, isDuplicate, nameKey, Outbox, UnitOfWork, type Transaction } from '@dunlin/storage';
import { SessionsService } from '../session/sessions.service.js';
import { Tokens } from '../session/tokens.js';
import { refuseCommon } from './common-passwords.js';
import { findByUsername } from './find-by-username.js';
import { Passwords } from './passwords.js';
import { UserRow } from './user.entity.js';
import { toWireUser } from './wire-user.js';

interface SignIn {
  userId: UserId;
  sessionId: SessionId;
  /** Other sessions had to go for it. */
  ended: boolean;
}

/** Registering, signing in, and changing the password. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly db: Database,
    private readonly work: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly tokens: Tokens,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** @throws DunlinError `username_taken`, `validation_failed` for a password that everybody knows, where those are refused */
  async register(
    requestId: string,
    input: { username: string; password: string; displayName?: string; device?: string },
  ): Promise<AuthResult> {
    await this.assertGood(input.password, 'password');
    const passwordHash = await this.passwords.hash(input.password);
    const signIn = await this.work
      .once(requestId, async (tx): Promise<SignIn> => {
        const id = newId<UserId>();
        const displayName = input.displayName ?? input.username;
        await tx.manager.insert(UserRow, {
          id,
          username: input.username,
          usernameKey: input.username.toLowerCase(),
          displayName,
          nameKey: nameKey(displayName),
          avatarMediaId: null,
          passwordHash,
          createdAt: this.clock.now(),
          lastSeenAt: null,
        });
        return { userId: id, ...(await this.sessions.open(tx, id, input.device)) };
      })
      .catch((error: unknown) => {
        throw isDuplicate(error) ? new DunlinError('username_taken') : error;
      });
    return this.answer(signIn);
  }

  /** @throws DunlinError `invalid_credentials`, alike and after the same time for a wrong name and a wrong password */
  async login(requestId: string, input: { username: string; password: string; device?: string }): Promise<AuthResult> {
    const user = await findByUsername(this.db, input.username);
    if (!(await this.passwords.matches(user?.passwordHash, input.password)) || !user)
      throw new DunlinError('invalid_credentials');
    const signIn = await this.work.once(requestId, async (tx): Promise<SignIn> => {
      await this.assertUnchanged(tx, user);
      const userId = user.id as UserId;
      return { userId, ...(await this.sessions.open(tx, userId, input.device)) };
    });
    // this one is good all the same when it cannot be told yet: the sweep goes on with it
    if (signIn.ended) await this.outbox.flush(`user:${signIn.userId}`).catch(() => undefined);
    return this.answer(signIn);
  }

  /**
   * Every other session ends. Who asks again after a lost answer, with a current password that is not right any more, has
   * what they asked for when the new one is.
   * @throws DunlinError `invalid_credentials`, `validation_failed` as for {@link register}
   */
  async changePassword(requestId: string, caller: Caller, current: string, next: string): Promise<void> {
    if (await this.work.did(requestId)) return;
    await this.assertGood(next, 'newPassword');
    const user = await this.db.read((from) => from.findOneBy(UserRow, { id: caller.userId }));
    const isRight = await this.passwords.matches(user?.passwordHash, current);
    if (!user || (!isRight && !(await this.passwords.matches(user.passwordHash, next))))
      throw new DunlinError('invalid_credentials');
    const passwordHash = isRight ? await this.passwords.hash(next) : user.passwordHash;
    await this.work.once(requestId, async (tx) => {
      await this.assertUnchanged(tx, user);
      await tx.manager.update(UserRow, { id: user.id }, { passwordHash });
      await this.sessions.revokeOthers(tx, caller);
      return null;
    });
    await this.outbox.flush(`user:${caller.userId}`);
  }

  private async assertGood(password: string, path: string): Promise<void> {
    if (!this.config.commonPasswords) await refuseCommon(password, path);
  }

  /** The password that was checked is still the one: a change that came in between wins. */
  private async assertUnchanged(tx: Transaction, user: UserRow): Promise<void> {
    await tx.manager.increment(UserRow, { id: user.id }, 'version', 1);
    const now = await tx.manager.findOneByOrFail(UserRow, { id: user.id });
    if (now.passwordHash !== user.passwordHash) throw new DunlinError('invalid_credentials');
  }

  private async answer({ userId, sessionId }: SignIn): Promise<AuthResult> {
    const user = await this.db.read((from) => from.findOneByOrFail(UserRow, { id: userId }));
    return { user: toWireUser(user), ...(await this.tokens.pair({ userId, sessionId, generation: 1 })) };
  }
}
