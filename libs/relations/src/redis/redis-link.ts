import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** Redis did not answer in time or is not there; whoever asked goes on without it. */
export class RedisAway extends Error {
  constructor(cause?: unknown) {
    super('Redis does not answer', { cause });
    this.name = 'RedisAway';
  }
}

/** Failures in a row after which Redis is left alone until it answers a ping again. */
const FAILURES = 3;
const PROBE_MS = 500;
/** A server names itself anew, and stays connected, when its first replica comes. */
const IDENTIFY_MS = 10_000;

/**
 * The way to Redis for everything that can do without it. While Redis is gone a caller learns so at once instead of
 * waiting for a time-out each; a ping in the background finds out when it is back. Each change of state is logged once.
 */
export class RedisLink {
  private readonly logger = new Logger('Redis');
  private readonly recoveries = new Set<(renamed: boolean) => void>();
  private probe: NodeJS.Timeout | undefined;
  private readonly identifying: NodeJS.Timeout;
  private probing = false;
  private away = false;
  private closed = false;
  private failures = 0;
  private server = '';
  private runId = '';

  private constructor(readonly redis: Redis) {
    redis.on('ready', () => void this.look());
    redis.on('close', () => this.lost('the connection was lost'));
    this.identifying = setInterval(() => void this.identifyAgain(), IDENTIFY_MS);
    this.identifying.unref();
    if (redis.status !== 'ready') this.lost('not connected yet', 'debug');
  }

  /** @param redis with a `commandTimeout`, which bounds every {@link attempt} */
  static async open(redis: Redis): Promise<RedisLink> {
    const link = new RedisLink(redis);
    if (link.up) await link.identify().catch((error: unknown) => link.lost(messageOf(error)));
    return link;
  }

  /**
   * Names the server that answers, for as long as it runs and is what the others follow: another one, or the same started
   * again or put back in its place, may hold what is older than what was written. Empty where the server does not say.
   */
  get run(): string {
    return this.runId;
  }

  get up(): boolean {
    return !this.away;
  }

  /**
   * Runs `work`; its commands may have been carried out even when it throws.
   * @throws RedisAway whatever went wrong
   */
  async attempt<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.away) throw new RedisAway();
    try {
      const result = await work(this.redis);
      this.failures = 0;
      return result;
    } catch (error) {
      this.failures++;
      if (this.failures >= FAILURES || this.redis.status !== 'ready') this.lost(messageOf(error));
      else this.logger.debug(`A command failed: ${messageOf(error)}`);
      throw new RedisAway(error);
    }
  }

  /**
   * @param then runs each time that Redis answers again after it was gone, or as another {@link run}. `renamed`: that is the
   *   same server still, and others may have called it so for a while
   * @returns what ends it
   */
  onRecovery(then: (renamed: boolean) => void): () => void {
    this.recoveries.add(then);
    return () => this.recoveries.delete(then);
  }

  /** Says goodbye and ends the connection; never throws. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.probe);
    clearInterval(this.identifying);
    this.away = true;
    try {
      await this.redis.quit();
    } catch (error) {
      this.logger.debug(`Closed without a goodbye: ${messageOf(error)}`);
      this.redis.disconnect();
    }
  }

  private lost(reason: string, level: 'warn' | 'debug' = 'warn'): void {
    if (this.away || this.closed) return;
    this.away = true;
    this.logger[level](`Redis does not answer (${reason}): going on without it`);
    this.probe = setInterval(() => void this.look(), PROBE_MS);
    this.probe.unref();
  }

  /** @returns whether the server is the same as before, by another name */
  private async identify(): Promise<boolean> {
    const before = { server: this.server, runId: this.runId };
    try {
      const [server, replication] = await Promise.all([this.redis.info('server'), this.redis.info('replication')]);
      const run = /^run_id:(\w{1,12})/m.exec(server)?.[1] ?? '';
      // new with each promotion, and with the first replica
      const history = /^master_replid:(\w{1,12})/m.exec(replication)?.[1];
      this.runId = run && history ? run + history : '';
      this.server = run;
    } catch (error) {
      if ((error as Error).name !== 'ReplyError') throw error;
      // it answers, and is not allowed to say this
      this.runId = '';
    }
    const named = before.runId !== '' && this.runId !== '';
    return named && before.server === this.server && before.runId !== this.runId;
  }

  private async identifyAgain(): Promise<void> {
    if (this.away || this.closed || this.probing) return;
    try {
      const renamed = await this.identify();
      if (renamed && !this.closed) for (const then of this.recoveries) then(true);
    } catch (error) {
      this.logger.debug(`It does not say who it is: ${messageOf(error)}`);
    }
  }

  private async look(): Promise<void> {
    if (!this.away || this.closed || this.probing || this.redis.status !== 'ready') return;
    this.probing = true;
    let renamed: boolean;
    try {
      await this.redis.ping();
      renamed = await this.identify();
    } catch (error) {
      this.logger.debug(`Still no answer: ${messageOf(error)}`);
      return;
    } finally {
      this.probing = false;
    }
    if (this.closed) return;
    clearInterval(this.probe);
    this.away = false;
    this.failures = 0;
    this.logger.log('Redis answers');
    for (const then of this.recoveries) then(renamed);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
