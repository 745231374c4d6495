import { DunlinError, type UserId } from '@dunlin/contracts';
import { Clock, parseConfig } from '@dunlin/platform';
import { RateLimits } from './rate-limits.js';

const ann = 'ann' as UserId;
const LIMITED = { code: 'rate_limited' };

const limitsWith = (rateLimit: 'on' | 'off'): RateLimits => {
  const config = parseConfig(
    { RATE_LIMIT: rateLimit, JWT_SECRET: 'a secret of the tests, 0123456789' },
    { name: 'test', defaultPort: 0 },
  );
  const clock = new Clock();
  clock.now = () => 0;
  return new RateLimits(config, clock, null);
};

const wrong = (): Promise<never> => Promise.reject(new DunlinError('invalid_credentials'));
const right = (): Promise<string> => Promise.resolve('in');
const slowly = async (): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return 'in';
};
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error: DunlinError) => error.code,
  );

describe('Signing in', () => {
  it('is refused after ten wrong passwords from one address, and says for how long', async () => {
    const { login } = limitsWith('on');
    for (let i = 0; i < 10; i++)
      expect(await codeOf(login.guard('192.0.2.1', 'ann', wrong))).toBe('invalid_credentials');
    const refused = await login.guard('192.0.2.1', 'Ann', right).catch((error: DunlinError) => error);
    expect(refused).toMatchObject(LIMITED);
    const { retryAfterMs } = refused as DunlinError;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(900_000);
  });

  it('goes on from another address, and for others at the same address', async () => {
    const { login } = limitsWith('on');
    for (let i = 0; i < 12; i++) await codeOf(login.guard('192.0.2.1', 'ann', wrong));
    expect(await login.guard('192.0.2.2', 'ann', right)).toBe('in');
    expect(await login.guard('192.0.2.1', 'bob', right)).toBe('in');
  });

  it('lets no more than ten guesses through that are made at once', async () => {
    const { login } = limitsWith('on');
    const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(login.guard('192.0.2.1', 'ann', wrong))));
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(10);
  });

  it('counts every password that one attempt tries, one after the other and at once', async () => {
    const { login } = limitsWith('on');
    const change = (by: string, attempt: () => Promise<unknown>): Promise<string> =>
      codeOf(login.guard('192.0.2.1', by, attempt, 2));
    for (let i = 0; i < 5; i++) expect(await change('ann', wrong)).toBe('invalid_credentials');
    expect(await change('ann', right)).toBe('rate_limited');
    const codes = await Promise.all(Array.from({ length: 20 }, () => change('ben', wrong)));
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(5);
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => change('cid', slowly))))).toEqual(
      new Set(['ok']),
    );
    await codeOf(login.guard('192.0.2.1', 'dora', wrong));
    for (let i = 0; i < 4; i++) await change('dora', wrong);
    expect(await change('dora', right)).toBe('rate_limited');
    expect(await codeOf(login.guard('192.0.2.1', 'dora', right))).toBe('ok');
  });

  it('locks nobody out who signs in many times at once with the right password', async () => {
    const { login } = limitsWith('on');
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(login.guard('192.0.2.1', 'ann', slowly))));
    expect(new Set(codes)).toEqual(new Set(['ok']));
    // and the guesses that are left are all of them
    for (let i = 0; i < 10; i++)
      expect(await codeOf(login.guard('192.0.2.1', 'ann', wrong))).toBe('invalid_credentials');
    expect(await codeOf(login.guard('192.0.2.1', 'ann', right))).toBe('rate_limited');
  });

  it('goes well for 300 people who sign in at once from one address', async () => {
    const { login } = limitsWith('on');
    const codes = await Promise.all(
      Array.from({ length: 300 }, (_, i) => codeOf(login.guard('192.0.2.1', `user${i}`, slowly))),
    );
    expect(new Set(codes)).toEqual(new Set(['ok']));
  });

  it('lets a right password through beside nine wrong ones that are made at once', async () => {
    const { login } = limitsWith('on');
    const attempts = Array.from({ length: 9 }, () => codeOf(login.guard('192.0.2.1', 'ann', wrong)));
    const twenty = Array.from({ length: 20 }, () => codeOf(login.guard('192.0.2.1', 'ann', slowly)));
    expect(new Set(await Promise.all(twenty))).toEqual(new Set(['ok']));
    expect(new Set(await Promise.all(attempts))).toEqual(new Set(['invalid_credentials']));
  });

  it('does not count what was right, nor what failed for another reason', async () => {
    const { login } = limitsWith('on');
    for (let i = 0; i < 200; i++) await login.guard('192.0.2.1', `user${i % 3}`, right);
    for (let i = 0; i < 30; i++)
      await codeOf(login.guard('192.0.2.1', 'ann', () => Promise.reject(new DunlinError('busy'))));
    expect(await login.guard('192.0.2.1', 'ann', right)).toBe('in');
  });

  it('is refused after a hundred wrong passwords for any names from one address, or one IPv6 network', async () => {
    const { login } = limitsWith('on');
    for (let i = 0; i < 100; i++) await codeOf(login.guard(`2001:db8::${i.toString(16)}`, `user${i}`, wrong));
    expect(await codeOf(login.guard('2001:db8::ffff', 'ann', right))).toBe('rate_limited');
    expect(await codeOf(login.guard('2001:db8:1::1', 'ann', right))).toBe('ok');
  });
});

describe('Limits', () => {
  it.each([
    ['registration', 600],
    ['refresh', 120],
    ['upload', 60],
    ['friendRequest', 300],
    ['group', 100],
  ] as const)('of %s end at %d', async (name, points) => {
    const limits = limitsWith('on');
    for (let i = 0; i < points; i++) await limits[name].take('192.0.2.1');
    await expect(limits[name].take('192.0.2.1')).rejects.toMatchObject(LIMITED);
    await limits[name].take('192.0.2.2');
  });

  it.each([
    ['httpRequest', 300, 20],
    ['change', 100, 200],
    ['message', 300, 10],
    ['socketEvent', 300, 10],
    ['handshake', 5000, 12],
    ['opening', 10_000, 6],
  ] as const)('of %s let %d pass at once', (name, burst, retryAfterMs) => {
    const limits = limitsWith('on');
    for (let i = 0; i < burst; i++) limits[name].take('192.0.2.1');
    expect(() => limits[name].take('192.0.2.1')).toThrow(expect.objectContaining({ ...LIMITED, retryAfterMs }));
    limits[name].take('192.0.2.2');
  });

  it('of open sockets count what is open', () => {
    const { connections } = limitsWith('on');
    for (let i = 0; i < 50; i++) connections.open(ann);
    expect(() => connections.check(ann)).toThrow(expect.objectContaining(LIMITED));
    expect(() => connections.open(ann)).toThrow(expect.objectContaining(LIMITED));
    connections.close(ann);
    connections.check(ann);
    connections.open(ann);
    expect(() => connections.open(ann)).toThrow(expect.objectContaining(LIMITED));
  });

  it('stop nobody when they are off', async () => {
    const limits = limitsWith('off');
    for (let i = 0; i < 20; i++)
      expect(await codeOf(limits.login.guard('192.0.2.1', 'ann', wrong))).not.toBe('rate_limited');
    for (let i = 0; i < 700; i++) await limits.registration.take('192.0.2.1');
    for (let i = 0; i < 6000; i++) {
      limits.message.take(ann);
      limits.handshake.take('192.0.2.1');
      limits.connections.open(ann);
    }
  });
});
