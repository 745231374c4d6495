import type { Topic } from '../topics.js';

/** What every domain event carries. Delivered at least once, in order per key. */
export interface EventEnvelope<T> {
  traceId: string;
  data: T;
}

/** One kind of event: its name, its topic and, in the type alone, its data. */
export interface DomainEvent<T = unknown> {
  readonly pattern: string;
  readonly topic: Topic;
  readonly key: (data: T) => string;
  readonly _type?: T;
}

export const eventOf =
  (topic: Topic) =>
  <T>(pattern: string, key: (data: T) => string): DomainEvent<T> => ({ pattern, topic, key });
