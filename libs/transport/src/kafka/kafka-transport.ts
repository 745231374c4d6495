import { randomUUID } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Clock, Config, Health } from '@dunlin/platform';
import { Handlers } from '../handlers.js';
import { Transport } from '../transport.js';
import { CoalescingProducer } from './coalescing-producer.js';
import { KafkaClient } from './kafka-client.js';
import { createKafka } from './kafka-factory.js';
import { KafkaServer } from './kafka-server.js';
import { Seal } from './seal.js';

export type ServiceName = 'gateway' | 'user' | 'group' | 'message';

/** Handlers and callers of one process among others, over Kafka. */
export class KafkaTransport extends Transport implements OnApplicationShutdown {
  readonly server: KafkaServer;
  readonly client: KafkaClient;
  private readonly producer: CoalescingProducer;

  constructor(service: ServiceName, config: Config, clock: Clock, health: Health) {
    super();
    const kafka = createKafka(config.kafkaBrokers, `dunlin-${config.instanceId}`);
    const handlers = new Handlers();
    const seal = new Seal(config.jwtSecret);
    const producer = new CoalescingProducer(kafka);
    // A new group at each start: nobody waits for the member that died, and nothing of it is left.
    const ownGroup = (kind: string): string =>
      `dunlin-${service}-${kind}-${config.instanceId}-${randomUUID().slice(0, 8)}`;
    const alone = service === 'gateway';
    this.producer = producer;
    this.server = new KafkaServer({
      kafka,
      handlers,
      producer,
      seal,
      clock,
      requestGroup: `dunlin-${service}`,
      eventGroup: { id: alone ? ownGroup('events') : `dunlin-${service}-events`, alone },
      answeredWith: (event) => this.client.answeredWith(event),
    });
    this.client = new KafkaClient({
      kafka,
      producer,
      seal,
      instanceId: config.instanceId,
      replyGroup: ownGroup('replies'),
      replication: config.kafkaReplication,
    });
    health.register('kafka', () => {
      if (!this.client.running || !this.server.running) throw new Error('not connected');
    });
  }

  override async connect(): Promise<void> {
    await this.client.connect();
  }

  /** After the server has closed: what ends later may still have something to say. */
  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
    await this.producer.close();
  }
}
