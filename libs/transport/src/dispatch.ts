import { Logger } from '@nestjs/common';
import {
  DunlinError,
  isErrorCode,
  type EventEnvelope,
  type RpcRequest,
  type Settle,
  type Submission,
} from '@dunlin/contracts';
import { activeTraceId, newId, runInTrace, type Clock } from '@dunlin/platform';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import type { EventHandler, RequestHandler } from './handlers.js';
import { metrics } from './metrics.js';

const logger = new Logger('Handlers');

/** Nobody waits for this request any more, nor for its answer. */
export class RequestExpired extends DunlinError {
  constructor() {
    super('timeout');
  }
}

/**
 * A request in either transport: dropped when nobody waits for it any more and its handler does not want it even so,
 * refused when its caller is missing, run in its trace. Starts the handler before it returns, so requests begin in the
 * order of the calls.
 * @returns plain data; null for a handler that says nothing
 * @throws DunlinError always; {@link RequestExpired} when nobody waits for it. What was unexpected is `internal` and logged
 * here, once, without the request's data
 */
export function handleRequest(handler: RequestHandler, request: RpcRequest<unknown>, clock: Clock): Promise<unknown> {
  return inTrace(request.traceId, async () => {
    const expired = admit(handler, request, clock);
    try {
      const outcome: unknown = await handler.run(request, undefined);
      const result = (isObservable(outcome) ? await lastOf(outcome) : outcome) ?? null;
      if (expired) throw new RequestExpired();
      return result;
    } catch (error) {
      throw failureOf(handler, error);
    }
  });
}

/**
 * Whether a request is to be handled at all.
 * @returns true when that is only for its effect, since nobody waits for the answer
 * @throws DunlinError; {@link RequestExpired}
 */
export function admit(handler: RequestHandler, request: RpcRequest<unknown>, clock: Clock): boolean {
  const expired = clock.now() > request.deadline;
  if (expired) metrics.expired(handler.pattern);
  if (expired && !handler.late) throw new RequestExpired();
  if (handler.authed && !request.caller) throw new DunlinError('unauthenticated');
  return expired;
}

/** Requests of a batched handler, admitted one by one, in a trace of their own. Starts the handler before it returns; never throws. */
export function handleBatch(handler: RequestHandler, submissions: readonly Submission[]): Promise<void> {
  return runInTrace(newId(), async () => {
    try {
      const outcome: unknown = await handler.run(submissions, undefined);
      // that is how Nest's pipeline passes an error on
      if (isObservable(outcome)) await lastOf(outcome);
    } catch (error) {
      const failure = DunlinError.from(error);
      for (const { settle } of submissions) settle(failure);
    }
  });
}

/** Logs what was unexpected about one of them, in its own trace, and tells. */
export const reported =
  (handler: RequestHandler, { traceId }: RpcRequest<unknown>, settle: Settle<unknown>): Settle<unknown> =>
  (error, result) => {
    settle(error && runInTrace(traceId, () => failureOf(handler, error)), result);
  };

function failureOf(handler: RequestHandler, error: unknown): DunlinError {
  const failure = DunlinError.from(isNestError(error) ? error.getError() : error);
  if (failure.code === 'internal') logger.error(`${handler.pattern} failed`, { err: bare(failure.cause ?? error) });
  return failure;
}

/** An event and one of its handlers. @throws whatever the handler throws */
export function handleEvent(handler: EventHandler, envelope: EventEnvelope<unknown>): Promise<void> {
  return inTrace(envelope.traceId, async () => {
    const outcome: unknown = await handler.run(envelope, undefined);
    if (isObservable(outcome)) await lastOf(outcome);
  });
}

const inTrace = <T>(traceId: string, work: () => T): T =>
  activeTraceId() === traceId ? work() : runInTrace(traceId, work);

/** Nest's pipeline may make an observable of what a handler gives. */
const lastOf = (outcome: Observable<unknown>): Promise<unknown> => lastValueFrom(outcome, { defaultValue: null });

/** A guard's or pipe's own RpcException that carries one of our codes. */
const isNestError = (error: unknown): error is { getError(): unknown } =>
  !(error instanceof DunlinError) &&
  typeof (error as { getError?: unknown } | null)?.getError === 'function' &&
  isErrorCode(((error as { getError(): unknown }).getError() as { code?: unknown } | null)?.code);

/** Name, message and stack alone: drivers hang a query's parameters on their errors, and those are people's data. */
export function bare(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(typeof error === 'string' ? error : 'Something that is no error');
  const plain = new Error(error.message);
  plain.name = error.name;
  plain.stack = error.stack;
  return plain;
}
