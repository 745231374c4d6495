import { Injectable } from '@nestjs/common';
import type { SessionId, UserId } from '@dunlin/contracts';
import { Gauge, register } from 'prom-client';
import type { ImSocket } from './im-socket.js';

const NOBODY: ReadonlySet<ImSocket> = new Set();

const gauge = (): Gauge =>
  (register.getSingleMetric('dunlin_connections') as Gauge | undefined) ??
  new Gauge({ name: 'dunlin_connections', help: 'Connected sockets on /im' });

/** The sockets of this gateway, by person. Fan-out looks people up here, so there are no rooms to join or leave. */
@Injectable()
export class Connections {
  private readonly byUser = new Map<UserId, Set<ImSocket>>();
  private readonly byId = new Map<string, ImSocket>();
  private readonly gauge = gauge();

  add(socket: ImSocket): void {
    const { userId } = socket.data.caller;
    const sockets = this.byUser.get(userId);
    if (sockets) sockets.add(socket);
    else this.byUser.set(userId, new Set([socket]));
    this.byId.set(socket.id, socket);
    this.gauge.set(this.byId.size);
  }

  remove(socket: ImSocket): void {
    const { userId } = socket.data.caller;
    const sockets = this.byUser.get(userId);
    if (sockets?.delete(socket) && sockets.size === 0) this.byUser.delete(userId);
    this.byId.delete(socket.id);
    this.gauge.set(this.byId.size);
  }

  get(socketId: string): ImSocket | undefined {
    return this.byId.get(socketId);
  }

  all(): IterableIterator<ImSocket> {
    return this.byId.values();
  }

  /** Everybody who is connected here. */
  users(): IterableIterator<UserId> {
    return this.byUser.keys();
  }

  of(userId: UserId): ReadonlySet<ImSocket> {
    return this.byUser.get(userId) ?? NOBODY;
  }

  ofSessions(userId: UserId, sessionIds: readonly SessionId[]): ImSocket[] {
    return [...this.of(userId)].filter((socket) => sessionIds.includes(socket.data.caller.sessionId));
  }
}
