import { KafkaHeaders } from '@nestjs/microservices';
import type { IHeaders } from 'kafkajs';

/** One record on its way out. */
export interface OutRecord {
  topic: string;
  /** Records with the same key keep their order. */
  key: string | null;
  /** Default: by the key's hash. */
  partition?: number;
  value: Buffer;
  headers: Record<string, string>;
}

/** One record that came in. */
export interface InRecord {
  topic: string;
  partition: number;
  offset: number;
  key: string | null;
  value: Buffer | null;
  headers: IHeaders;
  /** Milliseconds since the epoch, as the producer had them. */
  timestamp: number;
}

/** What came with a request and goes back with its answer. */
export interface Return {
  topic: string;
  correlationId: string;
  /** The answer went with an event: none is to follow. */
  told?: boolean;
}

/**
 * What must not be done before it is certain that the record never comes again: called once its place is with the broker,
 * and never if somebody else got its partition before, who is brought the record again.
 */
export type AfterCommit = () => void;

/** Nest's own names where it has one. The pattern travels here because one topic carries many. */
export const HEADERS = {
  pattern: 'dunlin-pattern',
  sealed: 'dunlin-sealed',
  correlationId: KafkaHeaders.CORRELATION_ID,
  replyTopic: KafkaHeaders.REPLY_TOPIC,
  error: KafkaHeaders.NEST_ERR,
  /** Of an event, followed by a reply topic: its caller's answers, as `[correlation id, result][]`. */
  answers: 'dunlin-answers-',
  /** Of a dead letter: why it is one. */
  reason: 'dunlin-reason',
} as const;

export const header = (record: InRecord, name: string): string | undefined => {
  const value = record.headers[name];
  return value === undefined ? undefined : (Array.isArray(value) ? value[0] : value)?.toString();
};

/** Bytes of the largest value; the topics take a little more. */
export const MAX_VALUE_BYTES = 8 * 1024 * 1024;

export const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value ?? null));

/** @throws SyntaxError */
export const decode = (value: Buffer | null): unknown => JSON.parse(value === null ? '' : value.toString()) as unknown;
