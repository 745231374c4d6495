import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { DunlinError, isErrorCode, type EventEnvelope, type RpcRequest } from '@dunlin/contracts';
import { activeTraceId, runInTrace, type Clock } from '@dunlin/platform';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventHandler, RequestHandler } from './handlers.js';
import { metrics } from './metrics.js';

const logger = new Logger('Handlers');

/** Nobody waits for this request any more: it was dropped unseen. */
export class RequestExpired extends DunlinError {
  constructor() {
    super('timeout');
  }
}

/**
 * A request in either transport: dropped when nobody waits for it any more, refused when its caller is missing,
 * run in its trace. Starts the handler before it returns, so requests begin in the order of the calls.
 * @returns plain data; null for a handler that says nothing
 * @throws DunlinError always; {@link RequestExpired} when it was dropped. What was unexpected is `internal` and logged
 * here, once, without the request's data
 */
export function handleRequest(handler: RequestHandler, request: RpcRequest<unknown>, clock: Clock): Promise<unknown> {
  return inTrace(request.traceId, async () => {
    if (clock.now() > request.deadline) {
      metrics.expired(handler.pattern);
      throw new RequestExpired();
    }
    if (handler.authed && !request.caller) throw new DunlinError('unauthenticated');
    try {
      return (await invoke(handler.run, request)) ?? null;
    } catch (error) {
      const failure = DunlinError.from(isNestError(error) ? error.getError() : error);
      if (failure.code === 'internal') logger.error(`${handler.pattern} failed`, { err: bare(failure.cause ?? error) });
      throw failure;
    }
  });
}

/** An event and one of its handlers. @throws whatever the handler throws */
export function handleEvent(handler: EventHandler, envelope: EventEnvelope<unknown>): Promise<void> {
  return inTrace(envelope.traceId, async () => {
    await invoke(handler.run, envelope);
  });
}

const inTrace = <T>(traceId: string, work: () => T): T =>
  activeTraceId() === traceId ? work() : runInTrace(traceId, work);

/** Runs one handler, whatever Nest's pipeline makes of it: a promise, an observable or a value. */
async function invoke(run: MessageHandler, argument: unknown): Promise<unknown> {
  const outcome: unknown = await run(argument, undefined);
  return isObservable(outcome) ? lastValueFrom(outcome, { defaultValue: null }) : outcome;
}

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
