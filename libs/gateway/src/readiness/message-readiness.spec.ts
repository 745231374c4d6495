import { DunlinError, messageRpc, type RpcClient } from '@dunlin/contracts';
import { Health, parseConfig } from '@dunlin/platform';
import { MessageReadiness } from './message-readiness.js';

describe('A gateway', () => {
  let now = 0;
  const call = jest.fn<Promise<null>, [unknown, unknown, { timeoutMs: number }]>();

  const gateway = (brokers: string): Health => {
    const config = parseConfig(
      { KAFKA_BROKERS: brokers, JWT_SECRET: 'a secret of the tests, 0123456789' },
      { name: 'test', defaultPort: 0 },
    );
    const health = new Health();
    new MessageReadiness({ call } as unknown as RpcClient, health, config).onModuleInit();
    health.markStarted();
    return health;
  };
  beforeEach(() => {
    now = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    call.mockReset().mockResolvedValue(null);
  });

  afterEach(() => jest.restoreAllMocks());

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

  it('asks again though the clock was set back meanwhile', async () => {
    const wallClock = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 10, 27));
    const health = gateway('127.0.0.1:9092');
    await health.report();
    wallClock.mockReturnValue(Date.UTC(2026, 10, 26));
    now += 1000;
    call.mockRejectedValueOnce(new DunlinError('unavailable'));
    expect((await health.report()).ready).toBe(false);
  });

  describe('whose message service has much to do', () => {
    const seconds = async (count: number): Promise<void> => {
      now += count * 1000;
      await jest.advanceTimersByTimeAsync(count * 1000);
    };
    const ready = async (health: Health): Promise<boolean> => {
      const report = health.report();
      await seconds(1.5);
      return (await report).ready;
    };
    const answerAfter = (count: number, error?: DunlinError): void =>
      void call.mockImplementation(
        () =>
          new Promise((resolve, reject) =>
            setTimeout(() => (error ? reject(error) : resolve(null)), count * 1000).unref(),
          ),
      );
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'performance'] }));
    afterEach(() => jest.useRealTimers());

    it('stays ready, however late the answers are that a send would still get', async () => {
      const health = gateway('127.0.0.1:9092');
      expect((await health.report()).ready).toBe(true);
      answerAfter(4);
      for (const pause of [2, 2, 5, 10, 30]) {
        await seconds(pause);
        expect(await ready(health)).toBe(true);
      }
      await seconds(2);
      call.mockRejectedValue(new DunlinError('busy'));
      expect(await ready(health)).toBe(true);
    });

    it.each([2, 10])(
      'is not ready once nothing was heard for as long as a send waits, asked every %s s',
      async (pause) => {
        const health = gateway('127.0.0.1:9092');
        expect((await health.report()).ready).toBe(true);
        answerAfter(5, new DunlinError('timeout'));
        await seconds(pause);
        expect(await ready(health)).toBe(true);
        await seconds(Math.max(pause, 4));
        expect(await ready(health)).toBe(false);
        await seconds(pause);
        call.mockResolvedValue(null);
        expect(await ready(health)).toBe(true);
      },
    );

    it('is not ready before the first answer', async () => {
      answerAfter(3);
      const health = gateway('127.0.0.1:9092');
      expect(await ready(health)).toBe(false);
      await seconds(2);
      expect(await ready(health)).toBe(true);
    });
  });

  it('asks nobody in one process', async () => {
    expect(await gateway('').report()).toEqual({ ready: true, checks: {} });
    expect(call).not.toHaveBeenCalled();
  });
});
