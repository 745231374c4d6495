import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Injectable } from '@nestjs/common';
import { DunlinError, type UserId } from '@dunlin/contracts';
import type { AuthedHttpRequest } from './auth/current-caller.decorator.js';

/** Bytes of answers that one person has asked for and not read yet. */
const MAX_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 1000;

/** Bounds what is kept for people who ask and do not read. (What comes as a stream waits at its source.) */
@Injectable()
export class UnreadAnswers {
  private readonly held = new Map<UserId, number>();

  /** @throws DunlinError `busy` when too much waits for this person already */
  assertRoom(userId: UserId): void {
    if ((this.held.get(userId) ?? 0) > MAX_BYTES) throw new DunlinError('busy', { retryAfterMs: RETRY_MS });
  }

  /** Counts each answer from the moment that it is given to the connection until that has taken it. */
  watch(app: NestFastifyApplication): void {
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { caller } = request as unknown as Partial<AuthedHttpRequest>;
      if (caller !== undefined && typeof payload === 'string') {
        const bytes = Buffer.byteLength(payload);
        this.add(caller.userId, bytes);
        reply.raw.once('close', () => this.add(caller.userId, -bytes));
      }
      done();
    });
  }

  private add(userId: UserId, bytes: number): void {
    const held = (this.held.get(userId) ?? 0) + bytes;
    if (held > 0) this.held.set(userId, held);
    else this.held.delete(userId);
  }
}
