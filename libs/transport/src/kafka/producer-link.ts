import { Logger } from '@nestjs/common';
import { DunlinError } from '@dunlin/contracts';
import { grouped } from '@dunlin/platform';
import { Partitioners, type Kafka, type Message, type Producer } from 'kafkajs';
import { reason } from './kafka-factory.js';
import { keepTrying } from './keep-trying.js';
import type { OutRecord } from './record.js';

/** The fault of what was sent, not of the connection. */
const OUR_FAULT = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/**
 * A producer that mends itself. Not idempotent: kafkajs then allows one request in flight for each broker, and a repeated
 * record does no harm here, since requests act once by their ids and events are told at least once anyway.
 */
export class ProducerLink {
  private readonly logger = new Logger('Kafka');
  private producer?: Producer;
  private opening?: Promise<void>;
  private stopped = false;

  constructor(private readonly kafka: Kafka) {}

  get connected(): boolean {
    return this.producer !== undefined;
  }

  /** Resolves when it is connected, however long that takes. @throws DunlinError `unavailable` when it was closed */
  connect(): Promise<void> {
    this.opening ??= keepTrying('the broker to send to', () => this.open(), {
      logger: this.logger,
      stopped: () => this.stopped,
    });
    return this.opening;
  }

  /** One attempt. @throws what kafkajs throws */
  async open(): Promise<void> {
    const producer = this.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: { retries: 4, initialRetryTime: 50, maxRetryTime: 500 },
    });
    await producer.connect();
    if (this.stopped) return producer.disconnect();
    this.producer = producer;
  }

  /** One produce request, confirmed by all in-sync replicas. @throws DunlinError `unavailable`, or kafkajs's error */
  async send(records: readonly OutRecord[]): Promise<void> {
    const producer = this.producer;
    if (!producer) throw new DunlinError('unavailable');
    const byTopic = grouped(records, ({ topic }) => topic);
    try {
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic.map(messageOf) })),
      });
    } catch (error) {
      if (!OUR_FAULT.has((error as { type?: string }).type ?? '')) this.replace(producer, error);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.stopped = true;
    const producer = this.producer;
    this.producer = undefined;
    await producer?.disconnect();
  }

  /** Starts over with a fresh connection; until it is there, sending fails at once. */
  private replace(failed: Producer, error: unknown): void {
    if (this.producer !== failed) return;
    this.logger.warn(`Could not send: ${reason(error)}`);
    this.producer = undefined;
    this.opening = undefined;
    failed.disconnect().catch((late: unknown) => this.logger.debug(`A lost connection did not close: ${reason(late)}`));
    this.connect().catch((late: unknown) => this.logger.debug(reason(late)));
  }
}

function messageOf({ key, partition, value, headers }: OutRecord): Message {
  const message: Message = { key, value, headers };
  if (partition !== undefined) message.partition = partition;
  return message;
}
