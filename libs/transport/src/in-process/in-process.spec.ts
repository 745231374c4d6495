import { Controller, Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  DunlinError,
  EventBus,
  eventOf,
  RpcClient,
  rpcOf,
  TOPICS,
  type AuthedRequest,
  type Caller,
  type EventEnvelope,
  type RpcRequest,
  type Submission,
  type SessionId,
  type UserId,
} from '@dunlin/contracts';
import { activeTraceId, parseConfig, PlatformModule } from '@dunlin/platform';
import { lastValueFrom } from 'rxjs';
import { connectTransport } from '../connect-transport.js';
import { OnEvent, RpcBatchHandler, RpcHandler } from '../decorators.js';
import { TransportModule } from '../transport.module.js';
import { Transport } from '../transport.js';
import type { InProcessTransport } from './in-process-transport.js';

const define = rpcOf(TOPICS.userRequests);
const echo = define.open<{ text: string; list?: number[] }, unknown>('test.echo');
const guarded = define.guarded<object, string>('test.guarded');
const fail = define.open<{ how: string }, null>('test.fail');
const hang = define.open<object, null>('test.hang');
const nothing = define.open<object, null>('test.nothing');
const unknown = define.open<object, null>('test.unknown');
const many = define.guarded<{ n: number }, number>('test.many');
const happened = eventOf(TOPICS.userEvents)<{ id: string; n: number }>('test.happened', (event) => event.id);

const caller: Caller = { userId: 'u' as UserId, sessionId: 's' as SessionId };

const calls: string[] = [];
const batches: number[][] = [];
let failures: Record<string, number> = {};
let failure = (name: string): Error => new Error(`${name} failed`);
const mayFail = (name: string): void => {
  if ((failures[name] ?? 0) <= 0) return;
  failures[name] = (failures[name] ?? 0) - 1;
  throw failure(name);
};

@Controller()
class Answers {
  @RpcHandler(echo)
  async echo({ data, traceId }: RpcRequest<{ text: string; list?: number[] }>): Promise<unknown> {
    return { data, traceId, active: activeTraceId() };
  }
  @RpcHandler(guarded)
  async guarded(request: AuthedRequest<object>): Promise<string> {
    return request.caller.userId;
  }
  @RpcHandler(fail)
  async fail({ data }: RpcRequest<{ how: string }>): Promise<null> {
    if (data.how === 'expected') throw new DunlinError('rate_limited', { retryAfterMs: 7, cause: 'secret' });
    if (data.how === 'changes what it was given') data.how = 'changed';
    if (data.how === 'gives a date') return { at: new Date() } as unknown as null;
    throw new Error('broken');
  }
  @RpcHandler(hang)
  hang(): Promise<null> {
    return new Promise(() => undefined);
  }
  @RpcHandler(nothing)
  async nothing(): Promise<null> {
    return undefined as unknown as null;
  }
  /** Doubles at once; odd ones are refused, a seven is never answered, and an eight breaks it. */
  @RpcBatchHandler(many)
  many(submissions: readonly Submission<{ n: number }, number>[]): void {
    const numbers = submissions.map(({ request }) => request.data.n);
    batches.push(numbers);
    for (const { request, settle } of submissions) {
      const { n } = request.data;
      if (n === 8) throw new Error('broken');
      if (n === 7) continue;
      if (n % 2) settle(new DunlinError('conflict'));
      else settle(undefined, n * 2);
    }
  }
}

@Controller()
class First {
  @OnEvent(happened)
  async happened({ data, traceId }: EventEnvelope<{ id: string; n: number }>): Promise<void> {
    mayFail('first');
    if (data.n === 1) await new Promise((resolve) => setImmediate(resolve));
    calls.push(`first ${data.id}${data.n} ${traceId === activeTraceId() ? 'in its trace' : 'lost'}`);
  }
}

@Controller()
class Second {
  @OnEvent(happened)
  async happened({ data }: EventEnvelope<{ id: string; n: number }>): Promise<void> {
    mayFail('second');
    calls.push(`second ${data.id}${data.n}`);
  }
}

async function start(controllers: Type[]): Promise<INestApplication> {
  const config = parseConfig({ JWT_SECRET: 'x'.repeat(32), NODE_ENV: 'test' }, { name: 'test', defaultPort: 0 });
  @Module({ imports: [PlatformModule.forRoot(config), TransportModule.inProcess()], controllers })
  class Root {}
  const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: false, abortOnError: false });
  await connectTransport(app);
  return app;
}

describe('one process', () => {
  let app: INestApplication;
  let rpc: RpcClient;
  let bus: EventBus;

  beforeAll(async () => {
    app = await start([Answers, First, Second]);
    rpc = app.get(RpcClient);
    bus = app.get(EventBus);
  });
  beforeEach(() => {
    calls.length = 0;
    failures = {};
    failure = (name) => new Error(`${name} failed`);
  });
  afterAll(() => app.close());

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no error',
      (error: unknown) => (error as DunlinError).code,
    );

  it('a call reaches its handler and its answer comes back, in the trace of the caller', async () => {
    const answer = await rpc.call(echo, { text: 'hi' }, { traceId: 'trace-123' });
    expect(answer).toEqual({ data: { text: 'hi' }, traceId: 'trace-123', active: 'trace-123' });
  });

  it('a guarded handler knows its caller and is not reached without one', async () => {
    expect(await rpc.call(guarded, {}, { caller })).toBe('u');
    expect(await codeOf(rpc.call(guarded, {}, { caller: null as unknown as Caller }))).toBe('unauthenticated');
  });

  it('an expected error arrives with its code and details', async () => {
    await expect(rpc.call(fail, { how: 'expected' })).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7 });
  });

  it('an unexpected error arrives as internal, without its message', async () => {
    await expect(rpc.call(fail, { how: 'broken' })).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('broken') as string,
    });
  });

  it('a handler that changes what it was given fails before production', async () => {
    expect(await codeOf(rpc.call(fail, { how: 'changes what it was given' }))).toBe('internal');
  });

  it('what JSON would change on its way is refused', async () => {
    expect(await codeOf(rpc.call(fail, { how: 'gives a date' }))).toBe('internal');
    const data = { text: 'x', list: [Number.NaN] };
    await expect(rpc.call(echo, data)).rejects.toMatchObject({
      cause: { message: 'data.data.list.0 is not plain data: number' },
    });
  });

  it('a handler that says nothing answers null', async () => {
    expect(await rpc.call(nothing, {})).toBeNull();
  });

  it('a call that takes too long ends as a timeout', async () => {
    const started = performance.now();
    expect(await codeOf(rpc.call(hang, {}, { timeoutMs: 60 }))).toBe('timeout');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('a request whose deadline has passed does not reach its handler', async () => {
    expect(await codeOf(rpc.call(echo, { text: 'late' }, { timeoutMs: -1 }))).toBe('timeout');
  });

  it('a call that nobody answers is unavailable at once', async () => {
    expect(await codeOf(rpc.call(unknown, {}))).toBe('unavailable');
  });

  describe('a batched handler', () => {
    beforeEach(() => {
      batches.length = 0;
    });
    const outcomes = (...numbers: number[]): Promise<unknown[]> =>
      Promise.all(
        numbers.map(
          (n) =>
            new Promise((resolve) => {
              rpc.submit(many, { n }, { caller, timeoutMs: 60 }, (error, result) => resolve(error?.code ?? result));
            }),
        ),
      );

    it('is given what one turn brings, and each call hears its own outcome', async () => {
      expect(await outcomes(2, 3, 4)).toEqual([4, 'conflict', 8]);
      expect(batches).toEqual([[2, 3, 4]]);
    });

    it('answers calls with a promise as well, and Nest’s own', async () => {
      const request = { requestId: 'r', traceId: 't', deadline: Date.now() + 1000, caller, data: { n: 6 } };
      const client: ClientProxy = app.get<InProcessTransport>(Transport).client;
      const [called, sent] = await Promise.all([
        rpc.call(many, { n: 4 }, { caller }),
        lastValueFrom(client.send(many.pattern, request)),
      ]);
      expect([called, sent, batches]).toEqual([8, 12, [[4, 6]]]);
      expect(await codeOf(rpc.call(many, { n: 3 }, { caller }))).toBe('conflict');
    });

    it('keeps the one that it does not answer from none of the others', async () => {
      expect(await outcomes(2, 7, 4)).toEqual([4, 'timeout', 8]);
    });

    it('that breaks answers internal to those that have no answer yet', async () => {
      expect(await outcomes(2, 8, 4)).toEqual([4, 'internal', 'internal']);
    });

    it('is not reached without a caller, or past the deadline', async () => {
      expect(await codeOf(rpc.call(many, { n: 2 }, { caller: null as unknown as Caller }))).toBe('unauthenticated');
      expect(await codeOf(rpc.call(many, { n: 2 }, { caller, timeoutMs: -1 }))).toBe('timeout');
      expect(batches).toEqual([]);
    });
  });

  it("Nest's own send and emit work as well", async () => {
    const client: ClientProxy = app.get<InProcessTransport>(Transport).client;
    const request = { requestId: 'r', traceId: 't', deadline: Date.now() + 1000, caller: null, data: { text: 'nest' } };
    expect(await lastValueFrom(client.send(echo.pattern, request))).toMatchObject({ data: { text: 'nest' } });
    await lastValueFrom(client.emit(happened.pattern, { traceId: 't', data: { id: 'a', n: 0 } }), {
      defaultValue: null,
    });
    expect(calls).toContain('second a0');
  });

  it('an event reaches all its handlers before it counts as published', async () => {
    await bus.publish(happened, { id: 'a', n: 1 });
    expect(calls.sort()).toEqual(['first a1 in its trace', 'second a1']);
  });

  it('events with the same key keep their order', async () => {
    await Promise.all([1, 2, 3].map((n) => bus.publish(happened, { id: 'k', n })));
    const first = calls.filter((call) => call.startsWith('first'));
    expect(first.map((call) => call.slice(6, 8))).toEqual(['k1', 'k2', 'k3']);
  });

  it('a handler that fails is told again, alone', async () => {
    failures = { first: 2 };
    await bus.publish(happened, { id: 'a', n: 2 });
    expect(calls.sort()).toEqual(['first a2 in its trace', 'second a2']);
  });

  it('one that keeps failing is given up on, and stops neither the others nor the publisher', async () => {
    failures = { first: 100 };
    await bus.publish(happened, { id: 'a', n: 3 });
    expect([failures['first'], calls]).toEqual([96, ['second a3']]);
  });

  it('one that cannot do its work for now is the publisher’s to know, and does not stop the others', async () => {
    failure = () => new DunlinError('unavailable');
    failures = { first: 100 };
    expect(await codeOf(bus.publish(happened, { id: 'a', n: 3 }))).toBe('unavailable');
    expect(calls).toEqual(['second a3']);
  });
});
