import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

/** The one connection to Redis of this process, or null without REDIS_URL. */
export const REDIS = Symbol('REDIS');

export const REDIS_PREFIX = 'dunlin:';

/** Milliseconds that a command may take; whoever waits longer is better served by SQL. */
const COMMAND_MS = 150;
const RETRY_MAX_MS = 3000;
const START_WAIT_MS = 10_000;

/**
 * Connects, waits for Redis for at most `waitMs`, and goes on without it after that; the connection is made anew
 * whenever it is lost. Commands fail at once while there is none.
 * @param url `redis://` or `rediss://`; never logged, since it may hold a password
 */
export async function connectRedis(url: string, waitMs = START_WAIT_MS): Promise<Redis> {
  const logger = new Logger('Redis');
  const where = new URL(url).host;
  const redis = new Redis(url, {
    lazyConnect: true,
    commandTimeout: COMMAND_MS,
    connectTimeout: 2000,
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    // what was under way when a connection broke has been answered as failed: it must not run again later
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), RETRY_MAX_MS) + Math.random() * 100,
    // a demoted primary: find the new one
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  let last = '';
  redis.on('error', (error: Error) => {
    if (error.message !== last) logger.debug(`${where}: ${error.message}`);
    last = error.message;
  });
  const slow = setTimeout(() => logger.log(`Waiting for Redis at ${where}`), 500);
  try {
    await ready(redis, waitMs);
    logger.log(`Connected to ${where}`);
  } catch {
    logger.warn(`Redis at ${where} does not answer: starting without it`);
  } finally {
    clearTimeout(slow);
  }
  return redis;
}

const ready = (redis: Redis, waitMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      redis.off('ready', done);
      reject(new Error('no answer'));
    }, waitMs);
    const done = (): void => {
      clearTimeout(deadline);
      resolve();
    };
    redis.once('ready', done);
    // the first failure is followed by retries; 'error' has told of it
    redis.connect().catch(() => undefined);
  });
