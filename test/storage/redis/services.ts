import { DunlinError, RpcClient, type Rpc } from '@dunlin/contracts';
import { parseConfig, PlatformModule } from '@dunlin/platform';
import { RelationsModule } from '@dunlin/relations';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** The services behind the caches: answers by pattern. */
export class Services extends RpcClient {
  readonly answers = new Map<string, (data: never) => unknown>();
  readonly calls: { pattern: string; data: unknown }[] = [];

  answer<Data, Result>(rpc: Rpc<Data, Result>, answer: (data: Data) => Result | Promise<Result>): void {
    this.answers.set(rpc.pattern, answer);
  }

  callsOf(rpc: Rpc<never, unknown> | { pattern: string }): number {
    return this.calls.filter(({ pattern }) => pattern === rpc.pattern).length;
  }

  async call<Data, Result>(rpc: Rpc<Data, Result>, data: Data): Promise<Result> {
    this.calls.push({ pattern: rpc.pattern, data });
    const answer = this.answers.get(rpc.pattern);
    if (answer === undefined) throw new DunlinError('unavailable');
    return (await answer(data as never)) as Result;
  }
}

/** A process with relations and sessions over the given Redis. */
export async function relationsProcess(
  redisUrl: string | undefined,
  services: Services,
): Promise<INestApplicationContext> {
  const config = parseConfig(
    { REDIS_URL: redisUrl, JWT_SECRET: 'a secret of the tests, 0123456789', LOG_LEVEL: 'silent' },
    { name: 'test', defaultPort: 0 },
  );
  @Global()
  @Module({ providers: [{ provide: RpcClient, useValue: services }], exports: [RpcClient] })
  class ServicesModule {}
  @Module({ imports: [PlatformModule.forRoot(config), ServicesModule, RelationsModule.forRoot()] })
  class Process {}
  return NestFactory.createApplicationContext(Process, { logger: false, abortOnError: false });
}
