import { Counter, Gauge, Histogram } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const rpc = new Histogram({
  name: 'dunlin_rpc_seconds',
  help: 'From a call to its answer, as the caller sees it',
  labelNames: ['pattern', 'outcome'],
  buckets: SECONDS,
});
const expired = new Counter({
  name: 'dunlin_rpc_expired_total',
  help: 'Requests that came when their deadline had passed',
  labelNames: ['pattern'],
});
const eventLag = new Histogram({
  name: 'dunlin_event_lag_seconds',
  help: 'From the publication of an event to the start of its handlers',
  labelNames: ['topic'],
  buckets: SECONDS,
});
const eventRetries = new Counter({
  name: 'dunlin_event_retries_total',
  help: 'Events told again because a handler failed',
  labelNames: ['pattern'],
});
const deadLetters = new Counter({
  name: 'dunlin_dead_letters_total',
  help: 'Records given up and put aside',
  labelNames: ['topic'],
});
const batch = new Histogram({
  name: 'dunlin_producer_batch_records',
  help: 'Records that left in one produce request',
  buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
});

/** Queues that a gauge reads when it is scraped, so that nothing is counted on the way. */
const queues = new Set<() => number>();
new Gauge({
  name: 'dunlin_producer_queue_records',
  help: 'Records that wait for or are in a produce request',
  collect(): void {
    this.set([...queues].reduce((sum, size) => sum + size(), 0));
  },
});

/** A label lookup costs more than the observation: the children are kept. Patterns and codes are closed lists. */
function children<C>(make: (a: string, b: string) => C): (a: string, b?: string) => C {
  const made = new Map<string, Map<string, C>>();
  return (a, b = '') => {
    let inner = made.get(a);
    if (!inner) made.set(a, (inner = new Map<string, C>()));
    let child = inner.get(b);
    if (!child) inner.set(b, (child = make(a, b)));
    return child;
  };
}
const rpcChild = children((pattern, outcome) => rpc.labels(pattern, outcome));
const lagChild = children((topic) => eventLag.labels(topic));

/** What an operator watches; served at `/metrics`. */
export const metrics = {
  /** `outcome` is `ok` or an error code. */
  rpc: (pattern: string, outcome: string, seconds: number): void => rpcChild(pattern, outcome).observe(seconds),
  expired: (pattern: string): void => expired.inc({ pattern }),
  eventLag: (topic: string, seconds: number): void => lagChild(topic).observe(seconds),
  eventRetry: (pattern: string): void => eventRetries.inc({ pattern }),
  deadLetter: (topic: string): void => deadLetters.inc({ topic }),
  batch: (records: number): void => batch.observe(records),
  /** @returns how to take the queue out again */
  watchQueue: (size: () => number): (() => void) => {
    queues.add(size);
    return () => void queues.delete(size);
  },
};
