import {
  Relations,
  RpcClient,
  SessionRegistry,
  userRpc,
  type Rpc,
  type SessionId,
  type UserId,
} from '@dunlin/contracts';
import { parseConfig, PlatformModule } from '@dunlin/platform';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RelationsModule } from './relations.module.js';
import { REDIS } from './redis/connect-redis.js';

const ann = 'ann' as UserId;

class Services extends RpcClient {
  calls = 0;
  async call<Data, Result>(rpc: Rpc<Data, Result>): Promise<Result> {
    this.calls++;
    return (rpc.pattern === userRpc.sessionStatus.pattern ? { active: true, userId: ann } : ['bob']) as Result;
  }
}

const start = async (env: Record<string, string>, services: Services): Promise<INestApplicationContext> => {
  const config = parseConfig(
    { JWT_SECRET: 'a secret of the tests, 0123456789', ...env },
    { name: 'test', defaultPort: 0 },
  );
  @Global()
  @Module({ providers: [{ provide: RpcClient, useValue: services }], exports: [RpcClient] })
  class ServicesModule {}
  @Module({ imports: [PlatformModule.forRoot(config), ServicesModule, RelationsModule.forRoot()] })
  class Process {}
  return NestFactory.createApplicationContext(Process, { logger: false, abortOnError: false });
};

describe('A process without REDIS_URL', () => {
  it('keeps relations and sessions itself when it is alone', async () => {
    const services = new Services();
    const app = await start({}, services);
    expect(app.get(REDIS)).toBeNull();
    for (let i = 0; i < 3; i++) {
      await app.get(SessionRegistry).assertActive('phone' as SessionId, ann);
      expect(await app.get(Relations).friendsOf(ann)).toEqual(new Set(['bob']));
    }
    expect(services.calls).toBe(2);
    await app.close();
  });

  it('keeps no session when others may revoke it', async () => {
    const services = new Services();
    const app = await start({ KAFKA_BROKERS: '127.0.0.1:9092' }, services);
    for (let i = 0; i < 3; i++) await app.get(SessionRegistry).assertActive('phone' as SessionId, ann);
    expect(services.calls).toBe(3);
    await app.close();
  });
});
