import { DunlinError } from '@dunlin/contracts';
import type { Kafka } from 'kafkajs';
import { Coalescer } from './coalescer.js';
import { ProducerLink } from './producer-link.js';
import { MAX_VALUE_BYTES, type OutRecord } from './record.js';

/** Sends to the topics that are always there. (Answers: see `Replies`.) */
export class CoalescingProducer {
  private readonly link: ProducerLink;
  private readonly coalescer: Coalescer;

  constructor(kafka: Kafka) {
    this.link = new ProducerLink(kafka);
    this.coalescer = new Coalescer((records) => this.link.send(records));
  }

  get connected(): boolean {
    return this.link.connected;
  }

  connect(): Promise<void> {
    return this.link.connect();
  }

  /**
   * @param settled called once: with nothing when the broker has the record, else with a DunlinError
   * @throws DunlinError `busy`, `payload_too_large`, or `unavailable` at once while there is no broker
   */
  push(record: OutRecord, settled: (error?: DunlinError) => void): void {
    if (!this.link.connected) throw new DunlinError('unavailable');
    if (record.value.length > MAX_VALUE_BYTES) throw new DunlinError('payload_too_large');
    this.coalescer.push(record, (error) =>
      settled(error === undefined ? undefined : new DunlinError('unavailable', { cause: error })),
    );
  }

  /** Resolves when the broker has the record. @throws what {@link push} throws or settles with */
  send(record: OutRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.push(record, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends what waits, then disconnects. */
  async close(): Promise<void> {
    await this.coalescer.close();
    await this.link.close();
  }
}
