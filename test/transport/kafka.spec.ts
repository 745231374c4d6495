import { randomUUID } from 'node:crypto';
import { Controller, type INestApplication } from '@nestjs/common';
import {
  DunlinError,
  EventBus,
  eventOf,
  RpcClient,
  rpcOf,
  replyTopic,
  TOPICS,
  type AuthedRequest,
  type EventEnvelope,
  type RpcRequest,
  type SessionId,
  type SubmissionOf,
  type UserId,
} from '@dunlin/contracts';
import { activeTraceId, Health } from '@dunlin/platform';
import {
  DEAD_LETTER_TOPICS,
  deadLetterTopic,
  ensureTopics,
  OnEvent,
  RpcBatchHandler,
  RpcHandler,
} from '@dunlin/transport';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { BROKERS, startApp, until } from './apps.js';

const define = rpcOf(TOPICS.userRequests);
const echo = define.open<{ text: string; at?: undefined }, { text: string; trace?: string }>('test.echo');
const guarded = define.guarded<object, string>('test.guarded');
const fail = define.open<{ code: 'conflict' | 'rate_limited' | null }, null>('test.fail');
const slow = define.open<{ ms: number }, string>('test.slow');
const login = define.open<{ password: string }, { token: string }>('test.login', { sealed: true });
const ordered = define.open<{ key: string; n: number }, null>('test.ordered', { key: ({ key }) => key });
const add = define.guarded<{ n: number }, { sum: number }>('test.add');
const happened = eventOf(TOPICS.userEvents)<{ id: string; n: number }>('test.happened', ({ id }) => id);

const caller = { userId: 'u' as UserId, sessionId: 's' as SessionId };
const run = randomUUID().slice(0, 8);

const order: Record<string, number[]> = {};
let slowDone = 0;

@Controller()
class UserHandlers {
  constructor(private readonly bus: EventBus) {}

  /** Tells each result with the event that it causes, in the manner of the conversations' log. */
  @RpcBatchHandler(add)
  add(submissions: readonly SubmissionOf<typeof add>[]): void {
    for (const { request, settle, back } of submissions) {
      const result = { sum: request.data.n + 1 };
      void this.bus
        .publish(happened, { id: `added ${run}`, n: request.data.n }, back && [{ to: back, result }])
        .then(() => settle(undefined, result));
    }
  }
  @RpcHandler(echo)
  async echo({ data }: RpcRequest<{ text: string }>): Promise<{ text: string; trace?: string }> {
    return { text: data.text, trace: activeTraceId() };
  }
  @RpcHandler(guarded)
  async guarded(request: AuthedRequest<object>): Promise<string> {
    return request.caller.userId;
  }
  @RpcHandler(fail)
  async fail({ data }: RpcRequest<{ code: 'conflict' | 'rate_limited' | null }>): Promise<null> {
    if (data.code === null) throw new Error('a secret detail');
    throw new DunlinError(data.code, { retryAfterMs: 5 });
  }
  @RpcHandler(slow)
  async slow({ data }: RpcRequest<{ ms: number }>): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, data.ms));
    slowDone++;
    return 'done';
  }
  @RpcHandler(login)
  async login({ data }: RpcRequest<{ password: string }>): Promise<{ token: string }> {
    return { token: `token-for-${data.password}` };
  }
  @RpcHandler(ordered)
  async ordered({ data }: RpcRequest<{ key: string; n: number }>): Promise<null> {
    (order[data.key] ??= []).push(data.n);
    return null;
  }
}

const heard: Record<string, number[]> = {};

@Controller()
class FirstGateway {
  @OnEvent(happened)
  async happened({ data }: EventEnvelope<{ id: string; n: number }>): Promise<void> {
    if (data.id === 'poison' && data.n === 1) throw new TypeError('a mistake');
    (heard[`first ${data.id}`] ??= []).push(data.n);
  }
}

@Controller()
class SecondGateway {
  @OnEvent(happened)
  async happened({ data }: EventEnvelope<{ id: string; n: number }>): Promise<void> {
    (heard[`second ${data.id}`] ??= []).push(data.n);
  }
}

(BROKERS ? describe : describe.skip)('apps over Kafka', () => {
  const kafka = new Kafka({ brokers: BROKERS.split(','), logLevel: logLevel.NOTHING });
  let admin: Admin;
  let user: INestApplication;
  let gateway: INestApplication;
  let rpc: RpcClient;

  beforeAll(async () => {
    await ensureTopics(BROKERS.split(','), { replication: 1 });
    admin = kafka.admin();
    await admin.connect();
    [user, gateway] = await Promise.all([
      startApp('user', `user-${run}`, [UserHandlers]),
      startApp('gateway', `gateway-${run}`, [FirstGateway]),
    ]);
    rpc = gateway.get(RpcClient);
  }, 30_000);
  afterAll(async () => {
    await Promise.all([user?.close(), gateway?.close()]);
    await admin?.disconnect();
  }, 30_000);

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no error',
      (error: unknown) => (error as DunlinError).code,
    );

  /** All values that were written to a topic since its offsets were these. */
  const valuesSince = async (topic: string, before: { partition: number; offset: string }[], count: number) => {
    const consumer = kafka.consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 50 });
    const values: Buffer[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const from = Number(before.find((one) => one.partition === partition)?.offset ?? 0);
        if (Number(message.offset) >= from) values.push(message.value ?? Buffer.alloc(0));
      },
    });
    await until(() => values.length >= count);
    await consumer.disconnect();
    return values;
  };

  it('makes all topics and their dead-letter topics, and can do so again', async () => {
    await ensureTopics(BROKERS.split(','), { replication: 1 });
    const topics = await admin.listTopics();
    expect(topics).toEqual(expect.arrayContaining([...Object.values(TOPICS), ...DEAD_LETTER_TOPICS]));
  });

  it('a call is answered by the other app, in the trace of the caller', async () => {
    const answer = await rpc.call(echo, { text: 'Grüße 👋', at: undefined }, { traceId: 'trace-1234' });
    expect(answer).toEqual({ text: 'Grüße 👋', trace: 'trace-1234' });
  });

  it('a guarded handler knows the caller', async () => {
    expect(await rpc.call(guarded, {}, { caller })).toBe('u');
  });

  it('errors arrive by code, and unexpected ones say nothing', async () => {
    await expect(rpc.call(fail, { code: 'rate_limited' })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 5,
    });
    await expect(rpc.call(fail, { code: null })).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('secret') as string,
    });
  });

  it('a call that takes too long ends in time, and the late answer does no harm', async () => {
    const started = performance.now();
    expect(await codeOf(rpc.call(slow, { ms: 400 }, { timeoutMs: 100 }))).toBe('timeout');
    expect(performance.now() - started).toBeLessThan(300);
    await until(() => slowDone > 0);
    expect(await codeOf(rpc.call(echo, { text: 'still there' }))).toBe('no error');
  });

  it('answers larger than a megabyte arrive', async () => {
    const text = 'x'.repeat(3_000_000);
    expect((await rpc.call(echo, { text })).text).toHaveLength(text.length);
  });

  it('what holds credentials cannot be read on the broker', async () => {
    const topics = [TOPICS.userRequests, replyTopic(`gateway-${run}`)];
    const before = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    expect(await rpc.call(login, { password: 'hunter2-hunter2' })).toEqual({ token: 'token-for-hunter2-hunter2' });
    for (const [index, topic] of topics.entries())
      for (const value of await valuesSince(topic, before[index] ?? [], 1))
        expect(value.includes('hunter2')).toBe(false);
  });

  it('an answer that is told with an event has no record of its own, and reaches its caller alone', async () => {
    const other = await startApp('gateway', `gateway-d-${run}`, [SecondGateway]);
    const topics = [`gateway-${run}`, `gateway-d-${run}`].map(replyTopic);
    // not the shared one, which would go on asking for the topic that ends here
    const own = kafka.admin();
    await own.connect();
    const ends = () => Promise.all(topics.map((topic) => own.fetchTopicOffsets(topic)));
    const before = await ends();
    const asked = [rpc, other.get(RpcClient), rpc].map((client, n) => client.call(add, { n }, { caller }));
    expect(await Promise.all(asked)).toEqual([{ sum: 1 }, { sum: 2 }, { sum: 3 }]);
    await until(() => heard[`first added ${run}`]?.length === 3 && heard[`second added ${run}`]?.length === 3);
    expect(await ends()).toEqual(before);
    await own.disconnect();
    await other.close();
  }, 30_000);

  it('requests with the same key begin in the order of the calls', async () => {
    const calls = Array.from({ length: 600 }, (_, i) => ({ key: `k${i % 3}`, n: Math.floor(i / 3) }));
    await Promise.all(calls.map((data) => rpc.call(ordered, data)));
    for (const key of ['k0', 'k1', 'k2']) expect(order[key]).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('every gateway hears what happens from its start on, in order', async () => {
    const bus = user.get(EventBus);
    await bus.publish(happened, { id: run, n: 0 });
    const second = await startApp('gateway', `gateway-b-${run}`, [SecondGateway]);
    for (let n = 1; n <= 20; n++) await bus.publish(happened, { id: run, n });
    await until(() => heard[`first ${run}`]?.length === 21 && heard[`second ${run}`]?.length === 20);
    expect(heard[`first ${run}`]).toEqual(Array.from({ length: 21 }, (_, n) => n));
    expect(heard[`second ${run}`]).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    await second.close();
    expect(await admin.listTopics()).not.toContain(replyTopic(`gateway-b-${run}`));
  }, 30_000);

  it('an event that no handler can take is put aside, and the next one arrives', async () => {
    const topic = deadLetterTopic(TOPICS.userEvents);
    const before = await admin.fetchTopicOffsets(topic);
    const bus = user.get(EventBus);
    await bus.publish(happened, { id: 'poison', n: 1 });
    await bus.publish(happened, { id: 'poison', n: 2 });
    await until(() => heard['first poison']?.includes(2) ?? false, 20_000);
    const values = await valuesSince(topic, before, 1);
    expect(values.map((value) => value.toString())).toContainEqual(expect.stringContaining('poison'));
  }, 30_000);

  it('nobody’s calls wait while another gateway comes and goes', async () => {
    const waits: number[] = [];
    let going = true;
    const calling = (async () => {
      while (going) {
        const started = performance.now();
        await rpc.call(echo, { text: 'tick' });
        waits.push(performance.now() - started);
      }
    })();
    const other = await startApp('gateway', `gateway-c-${run}`, [SecondGateway]);
    await other.close();
    going = false;
    await calling;
    // a shared group stalls for seconds; the rest is what one Node process takes for three apps
    expect(Math.max(...waits)).toBeLessThan(1000);
  }, 30_000);

  it('says that it is ready', async () => {
    for (const app of [gateway, user]) expect((await app.get(Health).report()).checks).toEqual({ kafka: 'up' });
  });

  it('an app that ends finishes what it has begun, and another takes over', async () => {
    const last = rpc.call(slow, { ms: 500 });
    await until(async () => (await rpc.call(echo, { text: 'after' })).text === 'after');
    await user.close();
    expect(await last).toBe('done');
    const asked = rpc.call(echo, { text: 'next' }, { timeoutMs: 20_000 });
    user = await startApp('user', `user-2-${run}`, [UserHandlers]);
    expect((await asked).text).toBe('next');
  }, 40_000);
});
