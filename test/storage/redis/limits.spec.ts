import { DunlinError } from '@dunlin/contracts';
import { Clock, parseConfig } from '@dunlin/platform';
import { REDIS } from '@dunlin/relations';
import type { INestApplicationContext } from '@nestjs/common';
import { RateLimits } from '../../../libs/gateway/src/limits/rate-limits.js';
import { RedisServer } from './redis-server.js';
import { relationsProcess, Services } from './services.js';

const wrong = (): Promise<never> => Promise.reject(new DunlinError('invalid_credentials'));
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error: DunlinError) => error.code,
  );

const slowly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('Limits over gateways', () => {
  let server: RedisServer;
  const processes: INestApplicationContext[] = [];

  const gateway = async (): Promise<RateLimits> => {
    const app = await relationsProcess(server.url, new Services());
    processes.push(app);
    const config = parseConfig(
      { RATE_LIMIT: 'on', JWT_SECRET: 'a secret of the tests, 0123456789' },
      { name: 'test', defaultPort: 0 },
    );
    return new RateLimits(config, new Clock(), app.get(REDIS));
  };

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => {
    for (const app of processes) await app.close();
    await server.stop();
  });

  it('lock nobody out who signs in at all of them at once with the right password', async () => {
    const gateways = [await gateway(), await gateway()];
    const attempts = Array.from({ length: 40 }, (_, i) =>
      codeOf(gateways[i % 2]!.login.guard('192.0.2.8', 'eve', slowly)),
    );
    expect(new Set(await Promise.all(attempts))).toEqual(new Set(['ok']));
    expect(await codeOf(gateways[0]!.login.guard('192.0.2.8', 'eve', slowly))).toBe('ok');
  });

  it('let ten guesses through that are made at all of them at once', async () => {
    const gateways = [await gateway(), await gateway()];
    const guesses = Array.from({ length: 40 }, (_, i) =>
      codeOf(gateways[i % 2]!.login.guard('192.0.2.9', 'fay', wrong)),
    );
    const codes = await Promise.all(guesses);
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(30);
  });

  it('count failed sign-ins together, and go on by themselves while Redis is gone', async () => {
    const [one, two] = [await gateway(), await gateway()];
    for (let i = 0; i < 5; i++) {
      expect(await codeOf(one.login.guard('192.0.2.1', 'ann', wrong))).toBe('invalid_credentials');
      expect(await codeOf(two.login.guard('192.0.2.1', 'ann', wrong))).toBe('invalid_credentials');
    }
    expect(await codeOf(one.login.guard('192.0.2.1', 'ann', wrong))).toBe('rate_limited');
    expect(await codeOf(one.login.guard('192.0.2.2', 'ann', () => Promise.resolve()))).toBe('ok');

    server.freeze();
    try {
      const began = Date.now();
      expect(await codeOf(one.login.guard('192.0.2.3', 'bob', wrong))).toBe('invalid_credentials');
      expect(Date.now() - began).toBeLessThan(1000);
    } finally {
      server.thaw();
    }
    await server.kill();
    for (let i = 0; i < 12; i++) await codeOf(one.login.guard('192.0.2.4', 'cid', wrong));
    expect(await codeOf(one.login.guard('192.0.2.4', 'cid', wrong))).toBe('rate_limited');
  });
});
