import { Logger } from '@nestjs/common';
import type { Kafka } from 'kafkajs';
import { Coalescer } from './coalescer.js';
import { reason } from './kafka-factory.js';
import { ProducerLink } from './producer-link.js';
import type { OutRecord } from './record.js';

const IDLE_MS = 60_000;

interface Outgoing {
  link: ProducerLink;
  coalescer: Coalescer;
  usedAt: number;
}

/**
 * Answers, each reply topic by a producer of its own. A caller that ends takes its topic with it, and a kafkajs producer
 * that has once written to a topic which is no more cannot refresh what it knows of the others.
 */
export class Replies {
  private readonly logger = new Logger('Kafka');
  private readonly outgoing = new Map<string, Outgoing>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly kafka: Kafka) {
    this.timer = setInterval(() => this.closeIdle(), IDLE_MS / 2).unref();
  }

  /** Resolves when the answer is with the broker, or its caller cannot be reached: then it times out there. */
  send(record: OutRecord): Promise<void> {
    const outgoing = this.outgoing.get(record.topic) ?? this.open(record.topic);
    outgoing.usedAt = performance.now();
    return new Promise((resolve) => {
      try {
        outgoing.coalescer.push(record, () => resolve());
      } catch (error) {
        this.logger.debug(`An answer was dropped: ${reason(error)}`);
        resolve();
      }
    });
  }

  /** Sends what waits, then disconnects. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.outgoing.keys()].map((topic) => this.closeOne(topic)));
  }

  private open(topic: string): Outgoing {
    const link = new ProducerLink(this.kafka);
    const opened = link.open();
    opened.catch(() => undefined); // the first batch waits for it and says so
    const coalescer = new Coalescer(async (records) => {
      try {
        await opened;
        await link.send(records);
      } catch (error) {
        if (this.outgoing.get(topic)?.link === link) {
          this.logger.warn(`${topic} does not take answers: ${reason(error)}`);
          void this.closeOne(topic);
        }
        throw error;
      }
    });
    const outgoing: Outgoing = { link, coalescer, usedAt: performance.now() };
    this.outgoing.set(topic, outgoing);
    return outgoing;
  }

  private closeIdle(): void {
    for (const [topic, { usedAt }] of this.outgoing)
      if (performance.now() - usedAt > IDLE_MS) void this.closeOne(topic);
  }

  private async closeOne(topic: string): Promise<void> {
    const outgoing = this.outgoing.get(topic);
    if (!outgoing) return;
    this.outgoing.delete(topic);
    await outgoing.coalescer.close();
    await outgoing.link
      .close()
      .catch((error: unknown) => this.logger.debug(`A producer did not close: ${reason(error)}`));
  }
}
