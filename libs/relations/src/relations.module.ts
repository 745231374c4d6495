import { Relations, RpcClient, SessionRegistry } from '@dunlin/contracts';
import { Clock, Config } from '@dunlin/platform';
import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { CachedRelations } from './cached-relations.js';
import { connectRedis, REDIS } from './redis/connect-redis.js';
import { RedisHealth } from './redis/redis-health.js';
import { RedisLink } from './redis/redis-link.js';
import { readTruth } from './relations-truth.js';
import { MemorySessionRegistry } from './session/memory-session-registry.js';
import { RedisSessionRegistry } from './session/redis-session-registry.js';
import { tombstoneMs } from './session/revoked-sessions.js';
import { MemorySetStore } from './sets/memory-set-store.js';
import { RedisSetStore } from './sets/redis-set-store.js';

/** How long a set lives in Redis: what went wrong past all care heals within it. Milliseconds. */
const REDIS_SET_MS = 15 * 60_000;
/** In one process every change passes here, so a set stays right for as long as it is kept. */
const LONE_SET_MS = 60 * 60_000;
const LONE_SESSION_MS = 60_000;
/** Several processes without Redis: nobody tells the others, so nothing may be kept for long. */
const SPLIT_SET_MS = 1000;

/** Ends what runs in the background, the connection last: others still need it while they close. */
@Injectable()
class RelationsShutdown implements OnApplicationShutdown {
  constructor(
    @Inject(Relations) private readonly relations: Relations,
    @Inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @Inject(RedisLink) private readonly link: RedisLink | null,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.relations instanceof CachedRelations) this.relations.close();
    if (this.sessions instanceof RedisSessionRegistry) this.sessions.close();
    await this.link?.close();
  }
}

/** Relations and sessions for the whole app, in Redis with REDIS_URL and in this process without. Needs RpcClient. */
@Module({})
export class RelationsModule {
  static forRoot(): DynamicModule {
    return {
      module: RelationsModule,
      global: true,
      providers: [
        {
          provide: REDIS,
          inject: [Config],
          useFactory: (config: Config): Promise<Redis> | null =>
            config.redisUrl === undefined ? null : connectRedis(config.redisUrl),
        },
        {
          provide: RedisLink,
          inject: [REDIS],
          useFactory: (redis: Redis | null): Promise<RedisLink> | null =>
            redis === null ? null : RedisLink.open(redis),
        },
        { provide: Relations, inject: [RedisLink, RpcClient, Config, Clock], useFactory: createRelations },
        { provide: SessionRegistry, inject: [RedisLink, RpcClient, Config, Clock], useFactory: createSessions },
        RedisHealth,
        RelationsShutdown,
      ],
      exports: [REDIS, RedisLink, Relations, SessionRegistry],
    };
  }
}

const isSplit = (config: Config): boolean => config.kafkaBrokers.length > 0;

function createRelations(link: RedisLink | null, rpc: RpcClient, config: Config, clock: Clock): Relations {
  const now = (): number => clock.now();
  const store =
    link === null
      ? new MemorySetStore(isSplit(config) ? SPLIT_SET_MS : LONE_SET_MS, now)
      : new RedisSetStore(link, REDIS_SET_MS);
  const relations = new CachedRelations(store, (key) => readTruth(rpc, key), now);
  link?.onRecovery((renamed) => {
    // it may be another server than before, and the names of its sets do not tell; or others have used the new names while
    // this process changed the sets of the old ones
    if (link.run === '' || renamed) relations.distrust();
    void relations.recover();
  });
  return relations;
}

function createSessions(link: RedisLink | null, rpc: RpcClient, config: Config, clock: Clock): SessionRegistry {
  const now = (): number => clock.now();
  const revokedMs = tombstoneMs(config.accessTokenTtlS);
  if (link !== null) return new RedisSessionRegistry(link, rpc, revokedMs, now);
  return new MemorySessionRegistry(rpc, isSplit(config) ? 0 : LONE_SESSION_MS, revokedMs, now);
}
