import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
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
  private readonly answers = new WeakMap<Socket, Set<() => void>>();

  /** @throws DunlinError `busy` when too much waits for this person already */
  assertRoom(userId: UserId): void {
    if ((this.held.get(userId) ?? 0) > MAX_BYTES) throw new DunlinError('busy', { retryAfterMs: RETRY_MS });
  }

  /** Counts each answer from the moment that it is given to the connection until that has taken it, or is gone. */
  watch(app: NestFastifyApplication): void {
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { caller } = request as unknown as Partial<AuthedHttpRequest>;
      const { socket } = request.raw;
      // who has left before the answer takes nothing, and no event will say so any more
      const isGone = reply.raw.destroyed || socket.destroyed;
      if (caller !== undefined && typeof payload === 'string' && !isGone)
        this.hold(caller.userId, Buffer.byteLength(payload), socket, reply.raw);
      done();
    });
  }

  private hold(userId: UserId, bytes: number, socket: Socket, response: ServerResponse): void {
    const answers = this.answersOf(socket);
    const release = (): void => {
      if (answers.delete(release)) this.add(userId, -bytes);
    };
    answers.add(release);
    this.add(userId, bytes);
    response.once('close', release);
  }

  /** An answer that waits behind another of its connection is not told when that closes: hence our own list. */
  private answersOf(socket: Socket): Set<() => void> {
    const known = this.answers.get(socket);
    if (known) return known;
    const answers = new Set<() => void>();
    this.answers.set(socket, answers);
    socket.once('close', () => answers.forEach((release) => release()));
    return answers;
  }

  private add(userId: UserId, bytes: number): void {
    const held = (this.held.get(userId) ?? 0) + bytes;
    if (held > 0) this.held.set(userId, held);
    else this.held.delete(userId);
  }
}
