import { SessionRegistry, userRpc, type SessionId, type UserId } from '@dunlin/contracts';
import { RedisLink } from '@dunlin/relations';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { eventually } from '../../support/expectations.js';
import { RedisServer } from './redis-server.js';
import { relationsProcess, Services } from './services.js';

const ann = 'ann' as UserId;
const phone = 'phone' as SessionId;
const key = 'dunlin:session:phone';
const REVOKED = { code: 'session_revoked' };

describe('Sessions in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let services: Services;
  let active: boolean;
  const processes: INestApplicationContext[] = [];

  const start = async (): Promise<{ sessions: SessionRegistry; link: RedisLink }> => {
    const app = await relationsProcess(server.url, services);
    processes.push(app);
    return { sessions: app.get(SessionRegistry), link: app.get(RedisLink) };
  };

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    redis.on('error', () => undefined);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    active = true;
    services = new Services();
    services.answer(userRpc.sessionStatus, () => ({ active, userId: ann }));
  });
  afterEach(async () => {
    for (const app of processes.splice(0)) await app.close();
  });

  it('are asked for once by all processes within a minute', async () => {
    const [one, two] = [await start(), await start()];
    await one.sessions.assertActive(phone, ann);
    await two.sessions.assertActive(phone, ann);
    expect(services.calls).toHaveLength(1);
    const ttl = await redis.ttl(key);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60);
  });

  it('end everywhere before the revocation is answered, for as long as a token lives', async () => {
    const [one, two] = [await start(), await start()];
    await one.sessions.assertActive(phone, ann);
    await two.sessions.revoked([phone]);
    await expect(one.sessions.assertActive(phone, ann)).rejects.toMatchObject(REVOKED);
    expect(await redis.ttl(key)).toBeGreaterThan(900);
  });

  it('are not revived by a positive answer that comes late', async () => {
    const [one, two] = [await start(), await start()];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    services.answer(userRpc.sessionStatus, async () => {
      await gate;
      return { active: true, userId: ann };
    });
    const late = one.sessions.assertActive(phone, ann);
    await eventually(() => expect(services.calls).toHaveLength(1));
    await two.sessions.revoked([phone]);
    open();
    await expect(late).rejects.toMatchObject(REVOKED);
    await expect(one.sessions.assertActive(phone, ann)).rejects.toMatchObject(REVOKED);
  });

  it('do not hold for someone else', async () => {
    const { sessions } = await start();
    await sessions.assertActive(phone, ann);
    await expect(sessions.assertActive(phone, 'bob' as UserId)).rejects.toMatchObject(REVOKED);
  });

  it('are asked of the user service while Redis is gone, and refused when nobody can tell', async () => {
    const { sessions } = await start();
    await sessions.assertActive(phone, ann);
    await server.kill();
    try {
      await sessions.assertActive(phone, ann);
      services.answers.clear();
      await expect(sessions.assertActive(phone, ann)).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      await server.up();
    }
  }, 20_000);

  it('revoked while Redis did not answer stay revoked when it does, in every process', async () => {
    const [one, two] = [await start(), await start()];
    await one.sessions.assertActive(phone, ann);
    server.freeze();
    try {
      active = false;
      const began = Date.now();
      await two.sessions.revoked([phone]);
      expect(Date.now() - began).toBeLessThan(1000);
      await expect(two.sessions.assertActive(phone, ann)).rejects.toMatchObject(REVOKED);
      await expect(one.sessions.assertActive(phone, ann)).rejects.toMatchObject(REVOKED);
    } finally {
      server.thaw();
    }
    await eventually(async () => expect(await redis.get(key)).toBe('revoked'));
    await expect(one.sessions.assertActive(phone, ann)).rejects.toMatchObject(REVOKED);
  });
});
