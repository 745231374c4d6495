import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisAway, RedisLink } from './redis-link.js';

class FakeRedis extends EventEmitter {
  status = 'ready';
  answers = true;
  pings = 0;
  run: string | undefined = '0123456789abcdef';
  history = '00112233445566778899';
  async ping(): Promise<string> {
    this.pings++;
    if (!this.answers) throw new Error('Command timed out');
    return 'PONG';
  }
  async info(section: string): Promise<string> {
    if (!this.answers) throw new Error('Command timed out');
    if (this.run === undefined) throw Object.assign(new Error('NOPERM'), { name: 'ReplyError' });
    return section === 'server'
      ? `# Server\r\nredis_version:7.2.0\r\nrun_id:${this.run}\r\n`
      : `# Replication\r\nrole:master\r\nmaster_replid:${this.history}\r\n`;
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

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.clearAllMocks();
    redis = new FakeRedis();
    link = await RedisLink.open(redis as unknown as Redis);
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

  it('knows another server from the one before, before anybody uses it', async () => {
    const before = link.run;
    const runs: string[] = [];
    const renamed: boolean[] = [];
    link.onRecovery((same) => {
      runs.push(link.run);
      renamed.push(same);
    });
    const servers: [string | undefined, string][] = [
      ['0123456789abcdef', redis.history],
      ['fedcba9876543210', 'aabbccddeeff00112233'],
      ['0123456789abcdef', '99887766554433221100'], // put back in its place, and not started again
      ['0123456789abcdef', 'ffeeddccbbaa99887766'], // its first replica has come, unnoticed
      [undefined, redis.history],
    ];
    for (const [run, history] of servers) {
      redis.status = 'reconnecting';
      redis.emit('close');
      Object.assign(redis, { run, history });
      redis.status = 'ready';
      redis.emit('ready');
      await jest.advanceTimersByTimeAsync(0);
    }
    expect(runs[0]).toBe(before);
    expect(runs[4]).toBe('');
    expect(new Set(runs).size).toBe(5);
    expect(renamed).toEqual([false, false, false, true, false]);
  });

  it('knows within seconds what its server follows, when that changes and the connection stays', async () => {
    const before = link.run;
    const runs: string[] = [];
    link.onRecovery((renamed) => renamed && runs.push(link.run));
    await jest.advanceTimersByTimeAsync(30_000);
    expect(runs).toEqual([]);
    redis.history = 'ffeeddccbbaa99887766'; // its first replica has come
    await jest.advanceTimersByTimeAsync(30_000);
    expect(runs).toEqual([link.run]);
    expect(link.run).not.toBe(before);
    redis.answers = false;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(runs).toHaveLength(1);
  });

  it('asks no more once it is closed', async () => {
    await fail(3);
    await link.close();
    const { pings } = redis;
    await jest.advanceTimersByTimeAsync(5000);
    expect(redis.pings).toBe(pings);
  });
});
