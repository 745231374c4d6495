import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { connectRedis } from '../../../libs/relations/src/redis/connect-redis.js';
import { eventually } from '../../support/expectations.js';
import { RedisServer } from './redis-server.js';

describe('Connecting to Redis', () => {
  const lines: unknown[] = [];
  for (const level of ['log', 'warn', 'debug'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => void lines.push(args[0]));

  let server: RedisServer;
  let redis: Redis | undefined;
  const url = (): string => server.url.replace('redis://', 'redis://:hunter2@');

  beforeEach(async () => {
    lines.length = 0;
    server = await RedisServer.start();
  });
  afterEach(async () => {
    redis?.disconnect();
    await server.stop();
  });

  it('waits for Redis, says so without its password, and goes on when it is there', async () => {
    await server.kill();
    const connecting = connectRedis(url(), 10_000);
    await eventually(() => expect(lines.join('\n')).toMatch(/^Waiting for Redis/m));
    await server.up();
    redis = await connecting;
    expect(redis.status).toBe('ready');
    expect(lines.join()).not.toContain('hunter2');
  }, 20_000);

  it('starts without Redis after a while, and finds it later', async () => {
    await server.kill();
    redis = await connectRedis(url(), 300);
    await expect(redis.ping()).rejects.toThrow();
    await server.up();
    await eventually(() => expect(redis?.status).toBe('ready'));
  }, 20_000);
});
