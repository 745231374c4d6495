import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ClientKafka, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import {
  DunlinError,
  groupEvents,
  groupRpc,
  messageEvents,
  messageRpc,
  replyTopic,
  signals,
  userEvents,
  userRpc,
  type Answer,
  type DomainEvent,
  type EventEnvelope,
  type Rpc,
  type RpcRequest,
  type Settle,
} from '@dunlin/contracts';
import { grouped } from '@dunlin/platform';
import type { Kafka } from 'kafkajs';
import { settledBy } from '../deadline.js';
import type { TransportClient } from '../transport.js';
import type { CoalescingProducer } from './coalescing-producer.js';
import { GroupConsumer } from './group-consumer.js';
import { reason, withAdmin } from './kafka-factory.js';
import { decode, encode, header, HEADERS, type InRecord, type OutRecord, type Return } from './record.js';
import { replyContext, requestContext, type Seal } from './seal.js';
import { ensureReplyTopic } from './topics.js';

export interface KafkaClientOptions {
  kafka: Kafka;
  producer: CoalescingProducer;
  seal: Seal;
  instanceId: string;
  /** Of this process alone. */
  replyGroup: string;
  /** Copies of the reply topic's records. */
  replication: number;
}

type AnyRpc = Rpc<unknown, unknown>;
type AnyEvent = DomainEvent<unknown>;

const byPattern = <T extends { pattern: string }>(...groups: Record<string, unknown>[]): Map<string, T> =>
  new Map(groups.flatMap((group) => Object.values(group) as T[]).map((one) => [one.pattern, one]));
const RPCS = byPattern<AnyRpc>(userRpc, groupRpc, messageRpc);
const EVENTS = byPattern<AnyEvent>(userEvents, groupEvents, messageEvents, signals);

/**
 * Nest's Kafka client with a reply topic and a group of its own, so that no process's coming or going makes another one
 * wait, and with requests that leave in batches.
 */
export class KafkaClient extends ClientKafka implements TransportClient {
  private readonly log = new Logger('Kafka');
  private readonly waiting = new Map<string, Settle<unknown>>();
  private readonly replies: GroupConsumer;
  private readonly topic: string;
  /** Tells late answers to the process that had this name before from our own. */
  private readonly run = randomUUID().slice(0, 8);
  private count = 0;
  private closing = false;

  constructor(private readonly own: KafkaClientOptions) {
    super({});
    this.topic = replyTopic(own.instanceId);
    this.replies = new GroupConsumer({
      kafka: own.kafka,
      name: 'replies',
      groupId: own.replyGroup,
      topics: [this.topic],
      exclusive: true,
      prepare: (admin) => ensureReplyTopic(admin, this.topic, own.replication),
      handle: (record) => this.answered(record),
    });
  }

  /** Requests can leave and answers can come back. */
  get running(): boolean {
    return this.own.producer.connected && this.replies.running;
  }

  /** Resolves when requests can leave and answers can come back, however long that takes. */
  override async connect(): Promise<never> {
    await Promise.all([this.own.producer.connect(), this.replies.start()]);
    return undefined as never;
  }

  submit<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number, settle: Settle<unknown>): void {
    const correlationId = `${this.run}-${this.count++}`;
    const heard = settledBy(settle, timeoutMs, () => this.waiting.delete(correlationId));
    try {
      if (this.closing || !this.replies.running) throw new DunlinError('unavailable');
      this.own.producer.push(this.recordOf(rpc, request, correlationId), (error) => {
        if (error && this.waiting.delete(correlationId)) heard(error);
      });
      this.waiting.set(correlationId, heard);
    } catch (error) {
      heard(DunlinError.from(error));
    }
  }

  /** Whoever waits for one of the answers finds it on the event's record: see {@link answeredWith}. */
  async announce<T>(event: DomainEvent<T>, envelope: EventEnvelope<T>, answers: readonly Answer[] = []): Promise<void> {
    await this.own.producer.send({
      topic: event.topic,
      key: event.key(envelope.data),
      value: encode(envelope),
      headers: { [HEADERS.pattern]: event.pattern, ...answerHeaders(answers) },
    });
    for (const answer of answers) returnOf(answer).told = true;
  }

  /** Takes the answers to this process that an event carries. */
  answeredWith(event: InRecord): void {
    const answers = header(event, HEADERS.answers + this.topic);
    if (answers === undefined) return;
    let read: [string, unknown][];
    try {
      read = [...(JSON.parse(answers) as typeof read)];
    } catch (error) {
      return this.log.error('The answers that an event carries cannot be read', { err: error as Error });
    }
    for (const [correlationId, result] of read) {
      try {
        this.settle(correlationId, undefined, result);
      } catch (error) {
        // the others' answers are no less theirs
        this.log.error('An answer could not be given to whom it is for', { err: error as Error });
      }
    }
  }

  /** Fails what still waits, and deletes the reply topic. */
  override async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    for (const settle of this.waiting.values()) settle(new DunlinError('unavailable'));
    this.waiting.clear();
    await this.replies.stop();
    if (!this.own.producer.connected) return;
    await withAdmin(this.own.kafka, (admin) => admin.deleteTopics({ topics: [this.topic], timeout: 2000 })).catch(
      (error: unknown) => this.log.warn(`The reply topic is still there: ${reason(error)}`),
    );
  }

  override unwrap<T>(): T {
    return this.own.kafka as T;
  }

  /** Nest's `send`; the data is a whole request. */
  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const rpc = RPCS.get(packet.pattern as string);
    const request = packet.data as RpcRequest<unknown>;
    const settle: Settle<unknown> = (err, response) => callback({ err, response, isDisposed: true });
    if (rpc) this.submit(rpc, request, request.deadline - Date.now(), settle);
    else settle(new DunlinError('unavailable', { message: `Nobody answers ${String(packet.pattern)}` }));
    return () => undefined;
  }

  /** Nest's `emit`; the data is a whole event. */
  protected override async dispatchEvent(packet: ReadPacket): Promise<void> {
    const event = EVENTS.get(packet.pattern as string);
    if (!event) throw new Error(`${String(packet.pattern)} is no event`);
    await this.announce(event, packet.data as EventEnvelope<unknown>);
  }

  private recordOf<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, correlationId: string): OutRecord {
    const value = encode(request);
    return {
      topic: rpc.topic,
      key: rpc.key?.(request.data) ?? request.caller?.userId ?? request.requestId,
      value: rpc.sealed ? this.own.seal.seal(value, requestContext(rpc.pattern, correlationId)) : value,
      headers: {
        [HEADERS.pattern]: rpc.pattern,
        [HEADERS.correlationId]: correlationId,
        [HEADERS.replyTopic]: this.topic,
      },
    };
  }

  private answered(record: InRecord): undefined {
    const correlationId = header(record, HEADERS.correlationId) ?? '';
    if (!this.waiting.has(correlationId)) return;
    try {
      const error = header(record, HEADERS.error);
      if (error !== undefined) return this.settle(correlationId, DunlinError.from(JSON.parse(error))) as undefined;
      const sealed = header(record, HEADERS.sealed) !== undefined;
      const value = sealed ? this.own.seal.open(record.value, replyContext(correlationId)) : record.value;
      this.settle(correlationId, undefined, decode(value));
    } catch (error) {
      this.settle(correlationId, new DunlinError('internal', { cause: error }));
    }
  }

  /** Does nothing when the answer came too late, or for the second time, or is another's. */
  private settle(correlationId: string, error: DunlinError | undefined, result?: unknown): void {
    const settle = this.waiting.get(correlationId);
    this.waiting.delete(correlationId);
    settle?.(error, result);
  }
}

const returnOf = ({ to }: Answer): Return => to as Return;

/** One for each caller's reply topic. */
const answerHeaders = (answers: readonly Answer[]): Record<string, string> =>
  Object.fromEntries(
    [...grouped(answers, (answer) => returnOf(answer).topic)].map(([topic, own]) => [
      HEADERS.answers + topic,
      JSON.stringify(own.map((answer) => [returnOf(answer).correlationId, answer.result])),
    ]),
  );
