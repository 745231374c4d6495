import type { UserId } from '@dunlin/contracts';
import { chunks, newId } from '@dunlin/platform';
import { REDIS_PREFIX, RedisAway, type RedisLink } from '@dunlin/relations';
import { Logger } from '@nestjs/common';
import type { ChainableCommander, Redis } from 'ioredis';
import { PresenceStore, type PresenceHooks } from './presence-store.js';

/** Milliseconds. */
export interface PresenceTimes {
  /** A gateway without a heartbeat for this long is dead. */
  heartbeatTtl: number;
  heartbeat: number;
  sweep: number;
}

const TIMES: PresenceTimes = { heartbeatTtl: 10_000, heartbeat: 3000, sweep: 5000 };
const CLAIM_MS = 30_000;
const ALIVE_MS = 1000;
const SWEEP_BATCH = 200;
const ASK_BATCH = 500;

const GATEWAYS = `${REDIS_PREFIX}gateways`;
/** When each gateway had its last heartbeat, which outlives the heartbeat: its people were last seen then. */
const BEATS = `${REDIS_PREFIX}gateway-beats`;
const heartbeatOf = (node: string): string => `${REDIS_PREFIX}gateway:${node}`;
/** Whom a gateway told of: what has to be cleared after its death. */
const peopleOf = (node: string): string => `${REDIS_PREFIX}gateway-people:${node}`;
const claimOf = (node: string): string => `${REDIS_PREFIX}gateway-sweep:${node}`;
/** The gateways that a person is connected through; only those with a heartbeat count. */
const presenceOf = (userId: UserId): string => `${REDIS_PREFIX}presence:${userId}`;

/**
 * A change of a set and the look at it, as one step: two gateways that change and look in turns could each see the
 * other, and both leave the telling to it.
 */
async function changeAndRead(step: ChainableCommander): Promise<string[]> {
  const replies = await step.exec();
  const [error, members] = replies?.[1] ?? [new Error('Redis dropped a transaction')];
  if (error) throw error;
  return members as string[];
}

/**
 * Presence across gateways. Each life of a gateway has a name of its own: one that was taken for dead comes back
 * under a new one, so that those who clear up behind the old one cannot touch what it tells now.
 * Every command has one key, so all of it works on a cluster.
 */
export class RedisPresenceStore extends PresenceStore {
  private readonly logger = new Logger('Presence');
  private readonly alive = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private node: string;
  private hooks: PresenceHooks | undefined;
  private suspects = new Set<string>();
  private beating = false;
  private sweeping = false;
  private stopped = false;
  private unsubscribe: (() => void) | undefined;

  /** @param instanceId the gateway's name among its like @param now milliseconds */
  constructor(
    private readonly link: RedisLink,
    private readonly instanceId: string,
    private readonly now: () => number,
    private readonly times: PresenceTimes = TIMES,
  ) {
    super();
    this.node = this.nextName();
  }

  get available(): boolean {
    return this.link.up;
  }

  async start(hooks: PresenceHooks): Promise<void> {
    this.hooks = hooks;
    await this.beat();
    this.timers.push(setInterval(() => void this.beat(), this.times.heartbeat));
    this.timers.push(setInterval(() => void this.sweep(), this.times.sweep * (0.9 + Math.random() * 0.2)));
    for (const timer of this.timers) timer.unref();
    this.unsubscribe = this.link.onRecovery(() => void this.beat());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timers.forEach(clearInterval);
    this.unsubscribe?.();
    await this.quietly(async (redis) => {
      await redis.del(heartbeatOf(this.node));
      // people that could not be told of are left for the others to clear
      if ((await redis.exists(peopleOf(this.node))) === 0) await this.forget(redis, this.node);
    });
  }

  async arrive(userId: UserId): Promise<boolean> {
    const { node } = this;
    const nodes = await this.link.attempt(async (redis) => {
      const [, found] = await Promise.all([
        redis.sadd(peopleOf(node), userId),
        changeAndRead(redis.multi().sadd(presenceOf(userId), node).smembers(presenceOf(userId))),
      ]);
      return found;
    });
    return this.anyAlive(nodes);
  }

  async leave(userId: UserId): Promise<boolean> {
    const { node } = this;
    const nodes = await this.link.attempt(async (redis) => {
      const [found] = await Promise.all([
        changeAndRead(redis.multi().srem(presenceOf(userId), node).smembers(presenceOf(userId))),
        redis.srem(peopleOf(node), userId),
      ]);
      return found;
    });
    return this.anyAlive(nodes);
  }

  async elsewhere(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    const found = new Set<UserId>();
    for (const batch of chunks(userIds, ASK_BATCH)) {
      const nodes = await this.link.attempt((redis) =>
        Promise.all(batch.map((userId) => redis.smembers(presenceOf(userId)))),
      );
      const alive = await this.aliveAmong(nodes.flat());
      batch.forEach((userId, at) => {
        if (nodes[at]?.some((node) => alive.has(node))) found.add(userId);
      });
    }
    return found;
  }

  private async anyAlive(nodes: string[]): Promise<boolean> {
    return (await this.aliveAmong(nodes)).size > 0;
  }

  /** Other gateways with a heartbeat. That one is alive is believed for a second, that one is dead is not. */
  private async aliveAmong(nodes: string[]): Promise<ReadonlySet<string>> {
    const others = new Set(nodes);
    others.delete(this.node);
    const now = this.now();
    const unknown = [...others].filter((node) => (this.alive.get(node) ?? 0) <= now);
    if (unknown.length > 0) {
      const flags = await this.link.attempt((redis) =>
        Promise.all(unknown.map((node) => redis.exists(heartbeatOf(node)))),
      );
      unknown.forEach((node, i) => {
        if (flags[i] === 1) this.alive.set(node, now + ALIVE_MS);
        else {
          this.alive.delete(node);
          others.delete(node);
        }
      });
    }
    return others;
  }

  private async beat(): Promise<void> {
    if (this.beating || this.stopped) return;
    this.beating = true;
    try {
      const { heartbeatTtl } = this.times;
      await this.quietly(async (redis) => {
        const kept = await redis.set(heartbeatOf(this.node), '1', 'PX', heartbeatTtl, 'XX');
        if (this.stopped) return;
        if (kept !== null) return void (await redis.hset(BEATS, this.node, this.now()));
        // the first beat, or others took us for dead, or Redis lost all
        this.node = this.nextName();
        await Promise.all([
          redis.set(heartbeatOf(this.node), '1', 'PX', heartbeatTtl),
          redis.hset(BEATS, this.node, this.now()),
          redis.sadd(GATEWAYS, this.node),
        ]);
        this.hooks?.lost();
      });
    } finally {
      this.beating = false;
    }
  }

  /** Clears up behind gateways that had no heartbeat twice in a row. */
  private async sweep(): Promise<void> {
    if (this.sweeping || this.stopped) return;
    this.sweeping = true;
    try {
      await this.quietly(async (redis) => {
        const nodes = (await redis.smembers(GATEWAYS)).filter((node) => node !== this.node);
        const flags = await Promise.all(nodes.map((node) => redis.exists(heartbeatOf(node))));
        const dead = nodes.filter((_, i) => flags[i] === 0);
        const certain = dead.filter((node) => this.suspects.has(node));
        this.suspects = new Set(dead);
        for (const node of certain) await this.clear(redis, node);
      });
    } finally {
      this.sweeping = false;
    }
  }

  private async clear(redis: Redis, node: string): Promise<void> {
    const { hooks } = this;
    if (hooks === undefined) return;
    if ((await redis.set(claimOf(node), this.node, 'PX', CLAIM_MS, 'NX')) === null) return;
    this.logger.log(`Gateway ${node} is gone: clearing up behind it`);
    const lastBeat = Number(await redis.hget(BEATS, node)) || this.now();
    for (;;) {
      const people = (await redis.srandmember(peopleOf(node), SWEEP_BATCH)) as UserId[];
      if (people.length === 0 || this.stopped) break;
      await Promise.all(people.map((userId) => redis.srem(presenceOf(userId), node)));
      const online = await this.elsewhere(people);
      const nowhere = people.filter((userId) => !online.has(userId));
      await Promise.all(nowhere.map((userId) => hooks.abandoned(userId, lastBeat)));
      await redis.srem(peopleOf(node), ...people);
      await redis.pexpire(claimOf(node), CLAIM_MS);
    }
    if (this.stopped) return;
    await this.forget(redis, node);
    this.alive.delete(node);
  }

  private async forget(redis: Redis, node: string): Promise<void> {
    await Promise.all([redis.srem(GATEWAYS, node), redis.hdel(BEATS, node)]);
  }

  private async quietly(work: (redis: Redis) => Promise<void>): Promise<void> {
    try {
      await this.link.attempt(work);
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
    }
  }

  private nextName(): string {
    return `${this.instanceId}~${newId()}`;
  }
}
