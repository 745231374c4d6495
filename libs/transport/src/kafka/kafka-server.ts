import { ServerKafka, type MessageHandler } from '@nestjs/microservices';
import type { Clock } from '@dunlin/platform';
import type { Kafka } from 'kafkajs';
import type { Handlers } from '../handlers.js';
import type { CoalescingProducer } from './coalescing-producer.js';
import { DeadLetters } from './dead-letters.js';
import { EventRecords } from './event-records.js';
import { GroupConsumer } from './group-consumer.js';
import type { InRecord } from './record.js';
import { Replies } from './replies.js';
import { RequestRecords } from './request-records.js';
import type { Seal } from './seal.js';

export interface KafkaServerOptions {
  kafka: Kafka;
  handlers: Handlers;
  producer: CoalescingProducer;
  seal: Seal;
  clock: Clock;
  /** Shared by all processes of the service. */
  requestGroup: string;
  /** `alone`: every process hears every event. */
  eventGroup: { id: string; alone: boolean };
  /** Takes the answers that an event carries, before its handlers hear of it. */
  answeredWith: (event: InRecord) => void;
}

/**
 * Nest's Kafka server with another way of consuming: Nest's handles one record of a partition at a time, takes one topic
 * for each pattern and logs what fails without trying again.
 */
export class KafkaServer extends ServerKafka {
  private readonly replies: Replies;
  private readonly consumers: GroupConsumer[] = [];
  private stopping = false;

  constructor(private readonly own: KafkaServerOptions) {
    super({});
    this.replies = new Replies(own.kafka);
  }

  /** It has its partitions and hears from the broker. */
  get running(): boolean {
    return this.consumers.every(({ running }) => running);
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    this.own.handlers.add(this.normalizePattern(pattern as string), callback, isEventHandler, extras);
  }

  /** Calls back when all partitions are assigned. */
  override async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.createConsumers();
      await Promise.all(this.consumers.map((consumer) => consumer.start()));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Takes nothing more, finishes what is in work, commits and leaves the groups. */
  override async close(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.replies.close();
  }

  override unwrap<T>(): T {
    return this.own.kafka as T;
  }

  private createConsumers(): void {
    const { kafka, handlers, producer, seal, clock, requestGroup, eventGroup, answeredWith } = this.own;
    const stopped = (): boolean => this.stopping;
    const deadLetters = new DeadLetters(producer, stopped);
    const requests = new RequestRecords(handlers, this.replies, deadLetters, seal, clock);
    const events = new EventRecords(handlers, deadLetters, clock, stopped);
    if (handlers.requestTopics().length > 0)
      this.consumers.push(
        new GroupConsumer({
          kafka,
          name: 'requests',
          groupId: requestGroup,
          topics: handlers.requestTopics(),
          exclusive: false,
          handle: (record) => requests.handle(record),
        }),
      );
    if (handlers.eventTopics().length > 0)
      this.consumers.push(
        new GroupConsumer({
          kafka,
          name: 'events',
          groupId: eventGroup.id,
          topics: handlers.eventTopics(),
          exclusive: eventGroup.alone,
          handle: (record) => {
            answeredWith(record);
            return events.handle(record);
          },
        }),
      );
  }
}
