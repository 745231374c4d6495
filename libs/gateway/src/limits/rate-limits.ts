import { DunlinError, type UserId } from '@dunlin/contracts';
import { Clock, Config } from '@dunlin/platform';
import { REDIS } from '@dunlin/relations';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { addressKey } from './client-address.js';
import { InFlight } from './in-flight.js';
import type { Intake } from './intake.js';
import { LoginLimit, type FailureCount } from './login-limit.js';
import {
  BUCKETS,
  CONNECTION_RETRY_MS,
  CONNECTIONS_PER_USER,
  SLOWEST_BYTES_PER_MS,
  WINDOWS,
  type BucketRule,
} from './rules.js';
import { TokenBuckets } from './token-buckets.js';
import { WindowLimiter } from './window-limiter.js';

/** A limit over all gateways. */
export interface SharedLimit {
  /** Counts one. @throws DunlinError `rate_limited` */
  take(key: string): Promise<void>;
}

/** A limit of this gateway. */
export interface LocalLimit {
  /** Counts one, or what costs as much as `many`. @throws DunlinError `rate_limited` */
  take(key: string, many?: number): void;
  /** Counts what something has cost that was let through already: it refuses what comes after. */
  spend(key: string, many: number): void;
}

/**
 * How often one may do what: see {@link WINDOWS} and {@link BUCKETS}. An `ip` is what `clientAddress` or Fastify's
 * `req.ip` says. With RATE_LIMIT=off everything passes.
 */
@Injectable()
export class RateLimits {
  /** Failed sign-ins. */
  readonly login: LoginLimit;
  /** By ip. */
  readonly registration: SharedLimit;
  /** By ip. */
  readonly refresh: SharedLimit;
  /** By user. */
  readonly upload: SharedLimit;
  /** By user. */
  readonly friendRequest: SharedLimit;
  /** By user: groups that they found. */
  readonly group: SharedLimit;
  /** By user: changes of their profile. */
  readonly profile: SharedLimit;
  /** By user: requests with a good token. */
  readonly httpRequest: LocalLimit;
  /** By user: changes of friendships, blocks and groups, which take several writes each. */
  readonly change: LocalLimit;
  /** By user: sends over sockets and HTTP. */
  readonly message: LocalLimit;
  /** By user: every event but sends. */
  readonly socketEvent: LocalLimit;
  /** By ip, before anything else of a handshake is looked at. */
  readonly handshake: Pick<LocalLimit, 'take'>;
  /** By ip: connections on which a handshake may follow. Twice as many, so that who shakes hands is told with a code. */
  readonly opening: Pick<LocalLimit, 'take'>;
  /** By user: what comes over sockets, which is read later rather than refused. */
  readonly intakeOf: (userId: UserId) => Intake;
  /** Sockets that a user has open on this gateway. */
  readonly connections: ConnectionLimit;

  constructor(
    config: Config,
    private readonly clock: Clock,
    @Inject(REDIS) redis: Redis | null,
  ) {
    const on = config.rateLimit;
    const window = (name: keyof typeof WINDOWS): WindowLimiter => new WindowLimiter(name, WINDOWS[name], redis);
    const failures = (name: keyof typeof WINDOWS): FailureCount => ({
      failures: window(name),
      inFlight: new InFlight(name, redis),
    });
    this.login = new LoginLimit(failures('loginOfAccount'), failures('loginOfAddress'), on);
    this.registration = on ? byAddress(shared(window('registration'))) : free;
    this.refresh = on ? byAddress(shared(window('refresh'))) : free;
    this.upload = on ? shared(window('upload')) : free;
    this.friendRequest = on ? shared(window('friendRequest')) : free;
    this.group = on ? shared(window('group')) : free;
    this.profile = on ? shared(window('profile')) : free;
    this.httpRequest = on ? this.local(BUCKETS.httpRequest) : freeHere;
    this.change = on ? this.local(BUCKETS.change) : freeHere;
    this.message = on ? this.local(BUCKETS.message) : freeHere;
    this.socketEvent = on ? this.local(BUCKETS.socketEvent) : freeHere;
    this.intakeOf = on ? this.intakes(BUCKETS.intake) : () => freeIntake;
    this.handshake = on ? locallyByAddress(this.local(BUCKETS.handshake)) : freeHere;
    this.opening = on ? locallyByAddress(this.local(BUCKETS.opening)) : freeHere;
    this.connections = new ConnectionLimit(on ? CONNECTIONS_PER_USER : Infinity);
  }

  private intakes(rule: BucketRule): (userId: UserId) => Intake {
    const buckets = new TokenBuckets(rule, () => this.clock.now());
    return (userId) => ({ take: (bytes) => Math.min(buckets.charge(userId, bytes), bytes / SLOWEST_BYTES_PER_MS) });
  }

  private local(rule: BucketRule): LocalLimit {
    const buckets = new TokenBuckets(rule, () => this.clock.now());
    return {
      take: (key, many) => {
        const retryAfterMs = buckets.take(key, many);
        if (retryAfterMs > 0) throw new DunlinError('rate_limited', { retryAfterMs });
      },
      spend: (key, many) => void buckets.charge(key, many),
    };
  }
}

/** Counts what is open. Every `open` that did not throw needs its `close`. */
export class ConnectionLimit {
  private readonly counts = new Map<UserId, number>();

  constructor(private readonly max: number) {}

  /** Looks without counting: for a handshake. @throws DunlinError `rate_limited` when one more would be too many */
  check(userId: UserId): void {
    if ((this.counts.get(userId) ?? 0) >= this.max)
      throw new DunlinError('rate_limited', { retryAfterMs: CONNECTION_RETRY_MS });
  }

  /** @throws DunlinError `rate_limited` when the user has too many sockets open */
  open(userId: UserId): void {
    this.check(userId);
    this.counts.set(userId, (this.counts.get(userId) ?? 0) + 1);
  }

  close(userId: UserId): void {
    const count = this.counts.get(userId) ?? 0;
    if (count > 1) this.counts.set(userId, count - 1);
    else this.counts.delete(userId);
  }
}

const free: SharedLimit = { take: () => Promise.resolve() };
const freeIntake: Intake = { take: () => 0 };
const freeHere: LocalLimit = { take: () => undefined, spend: () => undefined };

const shared = (limiter: WindowLimiter): SharedLimit => ({
  take: async (key) => {
    const retryAfterMs = await limiter.take(key);
    if (retryAfterMs > 0) throw new DunlinError('rate_limited', { retryAfterMs });
  },
});

const locallyByAddress = (limit: LocalLimit): Pick<LocalLimit, 'take'> => ({
  take: (ip) => limit.take(addressKey(ip)),
});
const byAddress = (limit: SharedLimit): SharedLimit => ({ take: (ip) => limit.take(addressKey(ip)) });
