import { DunlinError, messageRpc, type RpcClient } from '@dunlin/contracts';
import { Clock, Health, parseConfig } from '@dunlin/platform';
import { MessageReadiness } from './message-readiness.js';

describe('A gateway', () => {
  const clock = new Clock();
  let now = 0;
  clock.now = () => now;
  const call = jest.fn<Promise<null>, [unknown, unknown, { timeoutMs: number }]>();

  const gateway = (brokers: string): Health => {
    const config = parseConfig(
      { KAFKA_BROKERS: brokers, JWT_SECRET: 'a secret of the tests, 0123456789' },
      { name: 'test', defaultPort: 0 },
    );
    const health = new Health();
    new MessageReadiness({ call } as unknown as RpcClient, health, config, clock).onModuleInit();
    health.markStarted();
    return health;
  };
  beforeEach(() => {
    now = 1000;
    call.mockReset().mockResolvedValue(null);
  });

  it('is ready in the split while the message service and its database answer', async () => {
    const health = gateway('127.0.0.1:9092');
    expect(await health.report()).toEqual({ ready: true, checks: { messages: 'up' } });
    expect(call).toHaveBeenCalledWith(messageRpc.ping, {}, { timeoutMs: expect.any(Number) });
    now += 1000;
    call.mockRejectedValueOnce(new DunlinError('unavailable'));
    expect(await health.report()).toEqual({ ready: false, checks: { messages: 'down' } });
    now += 1000;
    expect((await health.report()).ready).toBe(true);
  });

  it('asks once, however many ask it', async () => {
    const health = gateway('127.0.0.1:9092');
    await Promise.all(Array.from({ length: 20 }, () => health.report()));
    now += 500;
    await health.report();
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('asks nobody in one process', async () => {
    expect(await gateway('').report()).toEqual({ ready: true, checks: {} });
    expect(call).not.toHaveBeenCalled();
  });
});
