import { DunlinError } from '@dunlin/contracts';
import { Coalescer } from './coalescer.js';
import type { OutRecord } from './record.js';

const record = (name: string, key: string | null = 'k', bytes = 1): OutRecord => ({
  topic: name,
  key,
  value: Buffer.alloc(bytes),
  headers: {},
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A broker that answers when it is told to. */
class Broker {
  readonly requests: { records: string[]; answer: (error?: Error) => void }[] = [];

  readonly send = (records: OutRecord[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const answer = (error?: Error): void => (error ? reject(error) : resolve());
      this.requests.push({ records: records.map(({ topic }) => topic), answer });
    });
}

describe('the coalescing producer', () => {
  const settled: string[] = [];
  let broker: Broker;
  beforeEach(() => {
    settled.length = 0;
    broker = new Broker();
  });
  const push = (coalescer: Coalescer, ...records: OutRecord[]): void => {
    for (const one of records)
      coalescer.push(one, (error) => settled.push(`${one.topic} ${error ? 'failed' : 'sent'}`));
  };

  it('sends a lone record at once', async () => {
    push(new Coalescer(broker.send), record('a'));
    await turn();
    expect(broker.requests.map(({ records }) => records)).toEqual([['a']]);
  });

  it('sends together what came while a request was in flight, in order', async () => {
    const coalescer = new Coalescer(broker.send);
    push(coalescer, record('a'), record('b'));
    await turn();
    push(coalescer, record('c'), record('d'));
    await turn();
    expect(broker.requests.map(({ records }) => records)).toEqual([['a', 'b']]);
    broker.requests[0]?.answer();
    await turn();
    expect(settled).toEqual(['a sent', 'b sent']);
    expect(broker.requests[1]?.records).toEqual(['c', 'd']);
  });

  it('fails all records of a request that failed, and goes on', async () => {
    const coalescer = new Coalescer(broker.send);
    push(coalescer, record('a'), record('b'));
    await turn();
    push(coalescer, record('c'));
    broker.requests[0]?.answer(new Error('gone'));
    await turn();
    broker.requests[1]?.answer();
    await coalescer.close();
    expect(settled).toEqual(['a failed', 'b failed', 'c sent']);
  });

  it('says busy at once when too many wait', async () => {
    const coalescer = new Coalescer(broker.send, { maxQueued: 2 });
    push(coalescer, record('a'), record('b'));
    expect(() => push(coalescer, record('c'))).toThrow(DunlinError);
    await turn();
    broker.requests[0]?.answer();
    await turn();
    expect(() => push(coalescer, record('d'))).not.toThrow();
  });

  it('keeps a request within its limits of records and bytes', async () => {
    const coalescer = new Coalescer(broker.send, { maxRecords: 2, maxBytes: 10 });
    push(coalescer, record('a'), record('b'), record('c', 'k', 9), record('d', 'k', 9), record('e', 'k', 99));
    for (let request = 0; request < 4; request++) {
      await turn();
      broker.requests[request]?.answer();
    }
    await coalescer.close();
    expect(broker.requests.map(({ records }) => records)).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('closes when the last record is with the broker', async () => {
    const coalescer = new Coalescer(broker.send);
    let closed = false;
    push(coalescer, record('a'));
    const closing = coalescer.close().then(() => {
      closed = true;
    });
    await turn();
    expect(closed).toBe(false);
    broker.requests[0]?.answer();
    await closing;
    expect(settled).toEqual(['a sent']);
  });
});
