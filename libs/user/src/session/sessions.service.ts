import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  DunlinError,
  EventBus,
  SessionRegistry,
  userEvents,
  type Caller,
  type Page,
  type PageQuery,
  type RevokeReason,
  type Session,
  type SessionId,
  type SessionStatus,
  type TokenPair,
  type UserId,
} from '@dunlin/contracts';
import { chunks, Clock, Config, newId, toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, forUpdate, Outbox, pageOf, UnitOfWork, type Transaction } from '@dunlin/storage';
import { In, IsNull, LessThan, MoreThan } from 'typeorm';
import { SessionRow } from './session.entity.js';
import { Tokens, type RefreshClaims } from './tokens.js';

interface Revocation {
  userId: UserId;
  sessionIds: SessionId[];
  reason: RevokeReason;
}

interface Refresh {
  refreshToken: string;
  refreshId?: string;
}

type Refreshed =
  | { userId: UserId; generation: number }
  | { refused: 'unauthenticated' | 'token_expired' | 'session_revoked'; userId?: UserId };

/** A row of the outbox has room for 64 KiB. */
const TOLD_AT_ONCE = 500;
const REVOKED = 'sessions-revoked';

/** One more ends the one that was used least recently. */
const MAX_SESSIONS = 100;

/** How long a session that has expired can still be told from one that never was. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** Sessions: opened by a sign-in, carried on by refresh tokens, ended in several ways and then for good. */
@Injectable()
export class SessionsService implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly work: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly tokens: Tokens,
    private readonly registry: SessionRegistry,
    private readonly bus: EventBus,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.outbox.on<Revocation>(REVOKED, async (revocation) => {
      await this.registry.revoked(revocation.sessionIds);
      await this.bus.publish(userEvents.sessionsRevoked, revocation);
    });
  }

  /**
   * Opens one, and forgets those of this person that ended long ago.
   * @returns `ended` when others had to go for it: then the outbox has something to tell
   */
  async open(tx: Transaction, userId: UserId, device?: string): Promise<{ sessionId: SessionId; ended: boolean }> {
    const id = newId<SessionId>();
    const now = this.clock.now();
    await tx.manager.delete(SessionRow, { userId, expiresAt: LessThan(now - KEPT_MS) });
    const surplus = await tx.manager.find(SessionRow, {
      select: { id: true },
      where: { userId, revokedAt: IsNull(), expiresAt: MoreThan(now) },
      order: { lastUsedAt: 'DESC', id: 'DESC' },
      skip: MAX_SESSIONS - 1,
      take: TOLD_AT_ONCE,
    });
    // what its devices hold is kept there, as when it had run out
    await this.revoke(
      tx,
      userId,
      surplus.map((row) => row.id as SessionId),
      'expired',
    );
    await tx.manager.insert(SessionRow, {
      id,
      userId,
      generation: 1,
      refreshId: null,
      device: device ?? null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + this.config.refreshTokenTtlS * 1000,
      revokedAt: null,
      revokeReason: null,
    });
    return { sessionId: id, ended: surplus.length > 0 };
  }

  /**
   * A refresh token works once. Used again it may be in two hands: the whole session ends (RFC 9700 section 4.14.2),
   * unless `refreshId` shows that it is the client which used it and has not heard the answer.
   * @throws DunlinError `unauthenticated`, `token_expired`, `session_revoked`
   */
  async refresh(requestId: string, { refreshToken, refreshId }: Refresh): Promise<TokenPair> {
    const claims = this.tokens.readRefreshToken(refreshToken);
    const outcome = await this.work.once(requestId, (tx) => this.rotate(tx, claims, refreshId));
    if ('refused' in outcome) {
      if (outcome.userId !== undefined) await this.outbox.flush(`user:${outcome.userId}`);
      throw new DunlinError(outcome.refused);
    }
    return this.tokens.pair({ ...outcome, sessionId: claims.sessionId });
  }

  /** The one used last first. */
  async list(caller: Caller, { limit, cursor }: PageQuery): Promise<Page<Session>> {
    const after = cursor === undefined ? undefined : decodeCursor('sessions', cursor, ['number', 'string']);
    const good = { userId: caller.userId, revokedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    const rows = await this.db.read((from) =>
      from.find(SessionRow, {
        where: after
          ? [
              { ...good, lastUsedAt: LessThan(after[0]) },
              { ...good, lastUsedAt: after[0], id: MoreThan(after[1]) },
            ]
          : good,
        order: { lastUsedAt: 'DESC', id: 'ASC' },
        take: limit + 1,
      }),
    );
    const { page, nextCursor } = pageOf('sessions', rows, limit, (row) => [row.lastUsedAt, row.id]);
    const items = page.map((row) => ({
      id: row.id,
      device: row.device,
      current: row.id === caller.sessionId,
      createdAt: toTimestamp(row.createdAt),
      lastUsedAt: toTimestamp(row.lastUsedAt),
    }));
    return { items, nextCursor };
  }

  /** Ends one of one's own sessions. @throws DunlinError `not_found` */
  async end(requestId: string, userId: UserId, sessionId: SessionId, reason: RevokeReason): Promise<void> {
    await this.work.once(
      requestId,
      async (tx) => {
        const row = await tx.manager.findOneBy(SessionRow, { id: sessionId, userId });
        if (!row) throw new DunlinError('not_found');
        await this.revoke(tx, userId, [sessionId], reason);
        return null;
      },
      // who signs out, which they can once, leaves no session behind because much else waits to be written
      reason === 'logout' ? 'messages' : 'others',
    );
    await this.outbox.flush(`user:${userId}`);
  }

  async revokeOthers(tx: Transaction, { userId, sessionId }: Caller): Promise<void> {
    const rows = await tx.manager.findBy(SessionRow, {
      userId,
      revokedAt: IsNull(),
      expiresAt: MoreThan(this.clock.now()),
    });
    const others = rows.map((row) => row.id as SessionId).filter((id) => id !== sessionId);
    await this.revoke(tx, userId, others, 'password_changed');
  }

  async status(sessionId: SessionId): Promise<SessionStatus> {
    const row = await this.db.read((from) => from.findOneBy(SessionRow, { id: sessionId }));
    const active = row !== null && row.revokedAt === null && row.expiresAt > this.clock.now();
    return { active, userId: (row?.userId as UserId | undefined) ?? null };
  }

  private async rotate(
    tx: Transaction,
    { sessionId, generation }: RefreshClaims,
    refreshId: string | undefined,
  ): Promise<Refreshed> {
    await tx.manager.query(`SELECT id FROM sessions WHERE id = ?${forUpdate(this.db.dialect)}`, [sessionId]);
    const row = await tx.manager.findOneBy(SessionRow, { id: sessionId });
    if (!row || generation > row.generation) return { refused: 'unauthenticated' };
    const userId = row.userId as UserId;
    if (row.revokedAt !== null) return { refused: 'session_revoked' };
    if (row.expiresAt <= this.clock.now()) return { refused: 'token_expired' };
    const asksAgain = generation === row.generation - 1 && refreshId !== undefined && refreshId === row.refreshId;
    if (asksAgain) return { userId, generation: row.generation };
    if (generation < row.generation) {
      await this.revoke(tx, userId, [sessionId], 'token_reused');
      return { refused: 'session_revoked', userId };
    }
    const now = this.clock.now();
    await tx.manager.update(
      SessionRow,
      { id: sessionId },
      {
        generation: generation + 1,
        refreshId: refreshId ?? null,
        lastUsedAt: now,
        expiresAt: now + this.config.refreshTokenTtlS * 1000,
      },
    );
    return { userId, generation: generation + 1 };
  }

  private async revoke(tx: Transaction, userId: UserId, sessionIds: SessionId[], reason: RevokeReason): Promise<void> {
    const now = this.clock.now();
    for (const some of chunks(sessionIds, TOLD_AT_ONCE)) {
      await tx.manager.update(
        SessionRow,
        { id: In(some), revokedAt: IsNull() },
        { revokedAt: now, revokeReason: reason },
      );
      await tx.tell({
        aggregate: `user:${userId}`,
        position: now,
        type: REVOKED,
        payload: { userId, sessionIds: some, reason } satisfies Revocation,
      });
    }
  }
}
