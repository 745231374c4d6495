import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { DunlinError, type RpcRequest } from '@dunlin/contracts';
import { runInTrace } from '@dunlin/platform';
import { isObservable, lastValueFrom } from 'rxjs';

const logger = new Logger('Handlers');

/** Runs one handler, whatever Nest's pipeline makes of it: a promise, an observable or a value. */
export async function invoke(handler: MessageHandler, argument: unknown): Promise<unknown> {
  const outcome: unknown = await handler(argument, undefined);
  return isObservable(outcome) ? lastValueFrom(outcome, { defaultValue: null }) : outcome;
}

/**
 * A request in either transport: refused when nobody waits for it any more or its caller is missing, run in its trace.
 * @throws DunlinError always of the catalogue; what was unexpected is logged here, once
 */
export function handleRequest(handler: MessageHandler, pattern: string, request: RpcRequest<unknown>): Promise<unknown> {
  return runInTrace(request.traceId, async () => {
    if (Date.now() > request.deadline) throw new DunlinError('timeout');
    if (handler.extras?.['authed'] === true && request.caller === null) throw new DunlinError('unauthenticated');
    try {
      return await invoke(handler, request);
    } catch (error) {
      const failure = DunlinError.from(error);
      if (failure.code === 'internal') logger.error(`${pattern} failed`, { err: failure.cause as Error });
      throw failure;
    }
  });
}
