import { Logger } from '@nestjs/common';
import { DunlinError, type ErrorCode, type RpcRequest } from '@dunlin/contracts';
import type { Clock } from '@dunlin/platform';
import { handleRequest, RequestExpired } from '../dispatch.js';
import type { Handlers, RequestHandler } from '../handlers.js';
import { TurnBatches } from '../turn-batches.js';
import type { DeadLetters } from './dead-letters.js';
import {
  decode,
  encode,
  header,
  HEADERS,
  MAX_VALUE_BYTES,
  type AfterCommit,
  type InRecord,
  type Return,
} from './record.js';
import { Refusals } from './refusals.js';
import type { Replies } from './replies.js';
import { replyContext, requestContext, type Seal } from './seal.js';

/** They leave it open whether the request acts: it does no harm if it does when it comes again. */
const UNCERTAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['internal', 'unavailable', 'timeout']);

/** Turns records into requests and results into answers. */
export class RequestRecords {
  private readonly logger = new Logger('Kafka');
  private readonly batches: TurnBatches;
  private readonly refusals: Refusals;

  constructor(
    private readonly handlers: Handlers,
    private readonly replies: Replies,
    private readonly deadLetters: DeadLetters,
    private readonly seal: Seal,
    private readonly clock: Clock,
  ) {
    this.batches = new TurnBatches(clock);
    this.refusals = new Refusals(clock);
  }

  /**
   * Starts the record's handler before it returns. Resolves when the answer is with the broker, alone or with an event, or to
   * a refusal that is to be told when the record cannot come again: by then it might be granted, and who was told no would
   * have acted.
   */
  handle(record: InRecord): Promise<AfterCommit | void> {
    const topic = header(record, HEADERS.replyTopic);
    const correlationId = header(record, HEADERS.correlationId);
    const pattern = header(record, HEADERS.pattern);
    if (topic === undefined || correlationId === undefined || pattern === undefined)
      return this.deadLetters.bury(record, 'no request');
    const back: Return = { topic, correlationId };
    const refused = this.refusals.of(back);
    if (refused) return Promise.resolve(() => void this.refuse(back, refused));
    const handler = this.handlers.request(pattern);
    if (!handler) {
      this.logger.error(`Nobody answers ${pattern} here`);
      return this.refuse(back, new DunlinError('internal'));
    }
    let request: RpcRequest<unknown>;
    try {
      request = this.read(record, handler, correlationId);
    } catch {
      return Promise.all([
        this.refuse(back, new DunlinError('internal')),
        this.deadLetters.bury(record, 'not readable'),
      ]).then(() => undefined);
    }
    return this.run(handler, request, back).then<AfterCommit | void, AfterCommit | void>(
      (result) => (back.told ? undefined : this.answer(handler, back, result)),
      (error: unknown) =>
        back.told || error instanceof RequestExpired ? undefined : this.fail(handler, back, DunlinError.from(error)),
    );
  }

  private fail(handler: RequestHandler, back: Return, error: DunlinError): Promise<void> | AfterCommit {
    if (handler.refusedAtOnce || UNCERTAIN.has(error.code)) return this.refuse(back, error);
    this.refusals.add(back, error);
    return () => void this.refuse(back, error);
  }

  private run(handler: RequestHandler, request: RpcRequest<unknown>, back: Return): Promise<unknown> {
    if (!handler.batched) {
      this.batches.handOver(handler.topic);
      return handleRequest(handler, request, this.clock);
    }
    return new Promise((resolve, reject) => {
      this.batches.add(handler, request, (error, result) => (error ? reject(error) : resolve(result)), back);
    });
  }

  private read(record: InRecord, handler: RequestHandler, correlationId: string): RpcRequest<unknown> {
    // what must be sealed is not taken in the open, or anybody who can write a record could ask
    const value = handler.sealed
      ? this.seal.open(record.value, requestContext(handler.pattern, correlationId))
      : record.value;
    const request = decode(value) as RpcRequest<unknown> | null;
    if (typeof request !== 'object' || typeof request?.deadline !== 'number' || typeof request.traceId !== 'string')
      throw new Error('Not a request');
    return request;
  }

  private answer(handler: RequestHandler, back: Return, result: unknown): Promise<void> {
    const plain = encode(result);
    if (plain.length > MAX_VALUE_BYTES) {
      this.logger.error(`An answer of ${handler.pattern} has ${plain.length} bytes, more than ${MAX_VALUE_BYTES}`);
      return this.refuse(back, new DunlinError('payload_too_large'));
    }
    const { sealed } = handler;
    return this.replies.send({
      topic: back.topic,
      key: null,
      partition: 0,
      value: sealed ? this.seal.seal(plain, replyContext(back.correlationId)) : plain,
      headers: { [HEADERS.correlationId]: back.correlationId, ...(sealed ? { [HEADERS.sealed]: '1' } : {}) },
    });
  }

  private refuse({ topic, correlationId }: Return, error: DunlinError): Promise<void> {
    return this.replies.send({
      topic,
      key: null,
      partition: 0,
      value: Buffer.alloc(0),
      headers: { [HEADERS.correlationId]: correlationId, [HEADERS.error]: JSON.stringify(error.toData()) },
    });
  }
}
