import { EventBus, RpcClient, signals, userRpc, type Presence, type UserId } from '@dunlin/contracts';
import { chunks, Clock, toTimestamp, WorkLimiter } from '@dunlin/platform';
import { RedisAway } from '@dunlin/relations';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PresenceStore } from './presence-store.js';
import { SignsOfLife } from './signs-of-life.js';

/** People that are told of at the same time; a gateway that starts or ends has thousands. */
const PARALLEL = 128;
const TOUCH_MS = 500;
const LAST_SEEN_MS = 2000;
const LAST_SEEN_BATCH = 2000;
const ROUND_MS = 3000;
const CLOSE_MS = 3000;
/** Someone who comes and goes elsewhere faster than it can be told is told of in the next round. */
const CORRECTIONS = 10;

/**
 * Who is connected, over all gateways. A change is told to the store, then to everyone as `signals.presence`; per
 * person one at a time, and always what is true by then, so that coming and going in a flurry ends right.
 * Without the store a gateway says what it knows itself. Nothing here throws.
 */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Presence');
  private readonly sockets = new Map<UserId, Set<string>>();
  /** Whom the store has as connected here. */
  private readonly told = new Set<UserId>();
  /** Whose state has to be told although nothing changed here. */
  private readonly again = new Set<UserId>();
  /** Who could not be told of. */
  private readonly untold = new Set<UserId>();
  /** When someone left who has not been told of yet. */
  private readonly leftAt = new Map<UserId, number>();
  private readonly running = new Map<UserId, Promise<void>>();
  private readonly signs: SignsOfLife;
  private readonly limiter = new WorkLimiter(PARALLEL, Infinity);
  private rounds: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly store: PresenceStore,
    private readonly bus: EventBus,
    private readonly rpc: RpcClient,
    private readonly clock: Clock,
  ) {
    this.signs = new SignsOfLife(rpc, clock);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.rounds = setInterval(() => {
      this.tellUntold();
      void this.signs.store();
    }, ROUND_MS);
    this.rounds.unref();
    await this.store.start({
      lost: () => {
        this.told.clear();
        for (const userId of this.sockets.keys()) void this.settle(userId);
        this.tellUntold();
      },
      abandoned: (userId, at) => {
        if (!this.sockets.has(userId) && !this.leftAt.has(userId)) this.leftAt.set(userId, at);
        this.again.add(userId);
        return this.settle(userId);
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearInterval(this.rounds);
    for (const userId of this.sockets.keys()) this.leftAt.set(userId, this.clock.now());
    this.sockets.clear();
    const all = Promise.all([...this.told].map((userId) => this.settle(userId)));
    let deadline: NodeJS.Timeout | undefined;
    await Promise.race([all, new Promise((resolve) => (deadline = setTimeout(resolve, CLOSE_MS)))]);
    clearTimeout(deadline);
    await this.store.stop();
  }

  /** @returns when others have been told, if there was something to tell */
  connected(userId: UserId, socketId: string): Promise<void> {
    if (this.closed) return Promise.resolve();
    const sockets = this.sockets.get(userId);
    if (sockets === undefined) {
      this.sockets.set(userId, new Set([socketId]));
      this.signs.arrive(userId);
    } else sockets.add(socketId);
    this.leftAt.delete(userId);
    return this.settle(userId);
  }

  /** @returns when others have been told, if there was something to tell */
  disconnected(userId: UserId, socketId: string): Promise<void> {
    const sockets = this.sockets.get(userId);
    if (sockets?.delete(socketId) && sockets.size === 0) {
      this.sockets.delete(userId);
      this.signs.leave(userId);
      this.leftAt.set(userId, this.clock.now());
    }
    return this.settle(userId);
  }

  /** The presence of each of them; `lastSeenAt` is null for who is online, was never here, or cannot be asked about. */
  async of(userIds: readonly UserId[]): Promise<Record<UserId, Presence>> {
    const ids = [...new Set(userIds)];
    const away = ids.filter((userId) => !this.sockets.has(userId));
    const elsewhere = await this.elsewhere(away);
    const lastSeen = await this.lastSeen(away.filter((userId) => !elsewhere.has(userId)));
    const answer: Record<UserId, Presence> = {};
    for (const userId of ids) {
      const online = this.sockets.has(userId) || elsewhere.has(userId);
      answer[userId] = { online, lastSeenAt: online ? null : (lastSeen.get(userId) ?? null) };
    }
    return answer;
  }

  /** Tells until what has been told is what is; one run a person. */
  private settle(userId: UserId): Promise<void> {
    const running = this.running.get(userId);
    if (running !== undefined) return running;
    if (!this.isDue(userId)) return Promise.resolve();
    const run = this.limiter.run(1, () => this.tell(userId));
    this.running.set(userId, run);
    return run;
  }

  private isDue(userId: UserId): boolean {
    return this.again.has(userId) || this.sockets.has(userId) !== this.told.has(userId);
  }

  private async tell(userId: UserId): Promise<void> {
    try {
      while (this.isDue(userId)) {
        this.again.delete(userId);
        const here = this.sockets.has(userId);
        const elsewhere = await this.tellStore(userId, here);
        if (here) this.told.add(userId);
        else this.told.delete(userId);
        if (!elsewhere) await this.announce(userId, here);
        if (!this.untold.has(userId) && !this.isDue(userId)) this.leftAt.delete(userId);
      }
    } catch (error) {
      this.logger.error('Presence could not be told', error);
    } finally {
      this.running.delete(userId);
    }
  }

  private async tellStore(userId: UserId, here: boolean): Promise<boolean> {
    try {
      const elsewhere = await (here ? this.store.arrive(userId) : this.store.leave(userId));
      this.untold.delete(userId);
      return elsewhere;
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      this.untold.add(userId);
      return false;
    }
  }

  /**
   * Tells what the store has. Two gateways may tell of one person at once, in an order that nobody knows. So who has
   * told that someone left looks again, and corrects itself: the last word is what is. Of sockets that came or went
   * here meanwhile the store knows nothing yet, so they count from the next round of `tell` on: a gateway that spoke
   * of them already would be silent when it tells the store, and so would the others, who see it there.
   */
  private async announce(userId: UserId, here: boolean): Promise<void> {
    let online = here;
    for (let i = 0; i < CORRECTIONS; i++) {
      let lastSeenAt: string | null = null;
      if (!online) {
        lastSeenAt = toTimestamp(this.leftAt.get(userId) ?? this.clock.now());
        await this.touch(userId, lastSeenAt);
      }
      try {
        await this.bus.publish(signals.presence, { userId, online, lastSeenAt });
      } catch (error) {
        this.untold.add(userId);
        this.logger.debug(`A presence could not be told: ${String(error)}`);
        return;
      }
      const now = here || (await this.elsewhere([userId])).has(userId);
      if (now === online) return;
      online = now;
    }
    this.untold.add(userId);
  }

  private async touch(userId: UserId, at: string): Promise<void> {
    try {
      await this.rpc.call(userRpc.touch, { userIds: [userId], at }, { timeoutMs: TOUCH_MS });
    } catch (error) {
      this.logger.debug(`When someone was last seen could not be stored: ${String(error)}`);
    }
  }

  private async elsewhere(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    if (userIds.length === 0) return new Set();
    try {
      return await this.store.elsewhere(userIds);
    } catch (error) {
      if (!(error instanceof RedisAway)) this.logger.error('Presence could not be asked', error);
      return new Set();
    }
  }

  private async lastSeen(userIds: UserId[]): Promise<Map<UserId, string>> {
    const found = new Map<UserId, string>();
    for (const batch of chunks(userIds, LAST_SEEN_BATCH)) {
      try {
        const times = await this.rpc.call(userRpc.lastSeen, { userIds: batch }, { timeoutMs: LAST_SEEN_MS });
        for (const userId of batch) {
          const time = times[userId];
          if (time) found.set(userId, time);
        }
      } catch (error) {
        this.logger.debug(`When people were last seen could not be asked: ${String(error)}`);
      }
    }
    for (const userId of userIds) {
      const left = this.leftAt.get(userId);
      if (left !== undefined) found.set(userId, toTimestamp(left));
    }
    return found;
  }

  private tellUntold(): void {
    if (!this.store.available) return;
    for (const userId of this.untold) {
      this.again.add(userId);
      void this.settle(userId);
    }
  }
}
