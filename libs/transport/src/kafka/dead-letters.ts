import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { metrics } from '../metrics.js';
import type { CoalescingProducer } from './coalescing-producer.js';
import { reason } from './kafka-factory.js';
import { HEADERS, type InRecord } from './record.js';
import { deadLetterTopic } from './topics.js';

const PAUSE_MS = 1000;

/** Puts records aside that nobody here can make sense of, as they were, so that those behind them are not held up. */
export class DeadLetters {
  private readonly logger = new Logger('DeadLetters');

  constructor(
    private readonly producer: CoalescingProducer,
    private readonly stopped: () => boolean,
  ) {}

  /**
   * Resolves when the record is safe in the topic's dead-letter topic.
   * @param why in a few words, without the record's data
   * @throws the last error when the process ends before that
   */
  async bury(record: InRecord, why: string): Promise<void> {
    this.logger.error(`${record.topic}/${record.partition} offset ${record.offset} was put aside: ${why}`);
    metrics.deadLetter(record.topic);
    const headers = Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, String(value)]));
    for (;;) {
      try {
        return await this.producer.send({
          topic: deadLetterTopic(record.topic),
          key: record.key,
          value: record.value ?? Buffer.alloc(0),
          headers: { ...headers, [HEADERS.reason]: why },
        });
      } catch (error) {
        if (this.stopped()) throw error;
        this.logger.warn(`A record could not be put aside yet: ${reason(error)}`);
        await delay(PAUSE_MS);
      }
    }
  }
}
