import { Relations, type Presence, type UserId } from '@dunlin/contracts';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { PresenceService } from './presence.service.js';

/** The news of an ended tie may come before the relations know it; so they are asked a second time. Milliseconds. */
const SECOND_LOOK_MS = 2000;

interface Subscription {
  caller: UserId;
  users: ReadonlySet<UserId>;
}

/**
 * Which socket wants to hear of whom. One subscription a socket, the newest; it ends with the socket, and for each
 * person with the tie to them.
 */
@Injectable()
export class PresenceSubscriptions implements OnApplicationShutdown {
  private readonly logger = new Logger('Presence');
  private readonly bySocket = new Map<string, Subscription>();
  private readonly watchers = new Map<UserId, Set<string>>();
  private readonly callers = new Map<UserId, Set<string>>();
  /** The newest subscription under way of a socket; an older one, or one of a dropped socket, comes to nothing. */
  private readonly pending = new Map<string, symbol>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly relations: Relations,
    private readonly presence: PresenceService,
  ) {}

  /**
   * Replaces what the socket subscribed to before.
   * @returns the presence of those among `userIds` that the caller may know about
   * @throws DunlinError when the relations cannot be asked
   */
  async subscribe(socketId: string, caller: UserId, userIds: readonly UserId[]): Promise<Record<UserId, Presence>> {
    const ticket = Symbol();
    this.pending.set(socketId, ticket);
    let known: UserId[];
    let current = false;
    try {
      known = await this.relations.acquaintances(caller, userIds);
    } finally {
      current = this.pending.get(socketId) === ticket;
      if (current) this.pending.delete(socketId);
    }
    if (current) {
      this.remove(socketId);
      // before the look at the presence, so that no change falls between the two
      this.add(socketId, caller, new Set(known));
    }
    return this.presence.of(known);
  }

  /** Sockets that hear of this person. */
  watchersOf(userId: UserId): Iterable<string> {
    return this.watchers.get(userId) ?? [];
  }

  /** The socket is gone. */
  drop(socketId: string): void {
    this.pending.delete(socketId);
    this.remove(socketId);
  }

  /** A tie between the two may have ended: if it has, neither hears of the other any more. */
  async recheck(a: UserId, b: UserId): Promise<void> {
    await this.inspect(a, [b]);
    this.lookAgain(() => this.inspect(a, [b]));
  }

  /** Someone's ties to many may have ended, as by leaving a group. */
  async recheckAll(userId: UserId): Promise<void> {
    await this.inspect(userId);
    this.lookAgain(() => this.inspect(userId));
  }

  onApplicationShutdown(): void {
    this.timers.forEach(clearTimeout);
  }

  private lookAgain(look: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void look();
    }, SECOND_LOOK_MS);
    timer.unref();
    this.timers.add(timer);
  }

  private async inspect(userId: UserId, others: UserId[] = this.connectedTo(userId)): Promise<void> {
    if (others.every((other) => !this.hears(userId, other) && !this.hears(other, userId))) return;
    let known: Set<UserId>;
    try {
      known = new Set(await this.relations.acquaintances(userId, others));
    } catch (error) {
      // rather deaf than indiscreet: the client may subscribe again
      this.logger.debug(`Ties could not be looked up: ${String(error)}`);
      known = new Set();
    }
    for (const other of others) {
      if (known.has(other)) continue;
      this.part(userId, other);
      this.part(other, userId);
    }
  }

  private connectedTo(userId: UserId): UserId[] {
    const others = new Set<UserId>();
    for (const socketId of this.callers.get(userId) ?? [])
      for (const other of this.bySocket.get(socketId)?.users ?? []) others.add(other);
    for (const socketId of this.watchersOf(userId)) {
      const subscription = this.bySocket.get(socketId);
      if (subscription !== undefined) others.add(subscription.caller);
    }
    return [...others];
  }

  private hears(caller: UserId, userId: UserId): boolean {
    const watchers = this.watchers.get(userId);
    return watchers !== undefined && [...(this.callers.get(caller) ?? [])].some((socketId) => watchers.has(socketId));
  }

  private part(caller: UserId, userId: UserId): void {
    for (const socketId of this.callers.get(caller) ?? []) {
      const subscription = this.bySocket.get(socketId);
      if (subscription === undefined || !subscription.users.has(userId)) continue;
      const users = new Set(subscription.users);
      users.delete(userId);
      this.bySocket.set(socketId, { caller, users });
      unlink(this.watchers, userId, socketId);
    }
  }

  private add(socketId: string, caller: UserId, users: ReadonlySet<UserId>): void {
    if (users.size === 0) return;
    this.bySocket.set(socketId, { caller, users });
    link(this.callers, caller, socketId);
    for (const userId of users) link(this.watchers, userId, socketId);
  }

  private remove(socketId: string): void {
    const subscription = this.bySocket.get(socketId);
    if (subscription === undefined) return;
    this.bySocket.delete(socketId);
    unlink(this.callers, subscription.caller, socketId);
    for (const userId of subscription.users) unlink(this.watchers, userId, socketId);
  }
}

const link = <K>(index: Map<K, Set<string>>, key: K, socketId: string): void => {
  const sockets = index.get(key);
  if (sockets === undefined) index.set(key, new Set([socketId]));
  else sockets.add(socketId);
};

const unlink = <K>(index: Map<K, Set<string>>, key: K, socketId: string): void => {
  const sockets = index.get(key);
  if (sockets?.delete(socketId) && sockets.size === 0) index.delete(key);
};
