import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisAway, RedisLink } from './redis-link.js';

class FakeRedis extends EventEmitter {
  status = 'ready';
  answers = true;
  pings = 0;
  async ping(): Promise<string> {
    this.pings++;
    if (!this.answers) throw new Error('Command timed out');
    return 'PONG';
  }
  async quit(): Promise<string> {
    throw new Error('gone already');
  }
  disconnect(): void {
    this.status = 'end';
  }
}

describe('The link to Redis', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);

  let redis: FakeRedis;
  let link: RedisLink;
  const work = jest.fn(async () => {
    await redis.ping();
    return 'done';
  });

  beforeEach(() => {
    jest.useFakeTimers();
    jest.clearAllMocks();
    redis = new FakeRedis();
    link = new RedisLink(redis as unknown as Redis);
  });
  afterEach(async () => {
    await link.close();
    jest.useRealTimers();
  });

  const fail = async (times: number): Promise<void> => {
    redis.answers = false;
    for (let i = 0; i < times; i++) await expect(link.attempt(work)).rejects.toBeInstanceOf(RedisAway);
  };

  it('bears a single failure', async () => {
    await fail(2);
    redis.answers = true;
    expect(await link.attempt(work)).toBe('done');
    await fail(2);
    expect(link.up).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });

  it('leaves Redis alone after three failures in a row, says so once, and comes back by itself', async () => {
    const recovered = jest.fn();
    link.onRecovery(recovered);
    await fail(10);
    expect(work).toHaveBeenCalledTimes(3);
    expect(warn).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2000);
    expect(link.up).toBe(false);
    redis.answers = true;
    await jest.advanceTimersByTimeAsync(500);
    expect(link.up).toBe(true);
    expect(recovered).toHaveBeenCalledTimes(1);
    expect(log).toHaveBeenCalledTimes(1);
    expect(await link.attempt(work)).toBe('done');
  });

  it('knows at once when the connection breaks, and when it is made again', async () => {
    redis.status = 'reconnecting';
    redis.emit('close');
    await expect(link.attempt(work)).rejects.toBeInstanceOf(RedisAway);
    expect(work).not.toHaveBeenCalled();
    redis.status = 'ready';
    redis.emit('ready');
    await jest.advanceTimersByTimeAsync(0);
    expect(link.up).toBe(true);
  });

  it('asks no more once it is closed', async () => {
    await fail(3);
    await link.close();
    const { pings } = redis;
    await jest.advanceTimersByTimeAsync(5000);
    expect(redis.pings).toBe(pings);
  });
});
