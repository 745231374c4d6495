import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { lookOnlyForWhatWaits } from './request-queue.js';

describe('the requests of a connection to Kafka', () => {
  beforeAll(lookOnlyForWhatWaits);

  const newQueue = (): RequestQueue =>
    new RequestQueue({
      maxInFlightRequests: 1,
      requestTimeout: 1000,
      enforceRequestTimeout: false,
      clientId: 'test',
      broker: 'nowhere',
      logger: { debug: () => undefined },
    });
  const push = (queue: RequestQueue, correlationId: number): Promise<number> =>
    new Promise((resolve) => {
      const entry = { correlationId, resolve: () => undefined, reject: () => undefined };
      queue.push({ entry, expectResponse: true, sendRequest: () => resolve(correlationId) });
    });
  const answer = (queue: RequestQueue, correlationId: number): void =>
    queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });

  it('set no timer once all are answered', async () => {
    const queue = newQueue();
    await push(queue, 1);
    answer(queue, 1);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('go when the one before them is answered', async () => {
    const queue = newQueue();
    await push(queue, 1);
    const second = push(queue, 2);
    answer(queue, 1);
    expect(await second).toBe(2);
  });

  it('that the broker has asked to wait go when the time is over', async () => {
    const queue = newQueue();
    queue.throttledUntil = Date.now() + 30;
    const sent = push(queue, 1);
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    expect(await sent).toBe(1);
    expect(Date.now()).toBeGreaterThanOrEqual(queue.throttledUntil);
  });
});
