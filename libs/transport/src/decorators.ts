import { applyDecorators, Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import type { AuthedRequest, DomainEvent, EventEnvelope, Rpc, RpcRequest, Submission } from '@dunlin/contracts';
import { throwError, type Observable } from 'rxjs';

type Decorated<F> = <M extends F>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void;
type Handler<Data, Result, Authed extends boolean> = (
  request: Authed extends true ? AuthedRequest<Data> : RpcRequest<Data>,
) => Promise<Result>;

/** Nest's own filter logs an unexpected error without its pattern and hides it; ours is `handleRequest`. */
@Catch()
class PassErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

const passErrors = new PassErrors();

/** Nest's `@MessagePattern` for a defined request; the compiler holds the method against the definition. */
export function RpcHandler<Data, Result, Authed extends boolean>(
  rpc: Rpc<Data, Result, Authed>,
): Decorated<Handler<Data, Result, Authed>> {
  return answers(rpc, false) as Decorated<Handler<Data, Result, Authed>>;
}

/**
 * The same for what comes thousands of times a second. The method is given what one turn of the event loop brought, in that
 * order, and tells each submission's outcome when it is there, without waiting for the others'.
 */
export function RpcBatchHandler<Data, Result>(
  rpc: Rpc<Data, Result, true>,
): Decorated<(submissions: readonly Submission<Data, Result>[]) => void> {
  return answers(rpc, true) as Decorated<(submissions: readonly Submission<Data, Result>[]) => void>;
}

const answers = <Data, Result>(
  { pattern, topic, authed, sealed, late, refusedAtOnce }: Rpc<Data, Result>,
  batched: boolean,
): MethodDecorator =>
  applyDecorators(
    MessagePattern(pattern, { topic, authed, sealed, late, refusedAtOnce, batched }),
    UseFilters(passErrors),
  );

/**
 * Nest's `@EventPattern` for a defined event. The method resolves when the event has had its effect: one that rejects
 * is told again, so it must be safe to repeat.
 */
export function OnEvent<T>(event: DomainEvent<T>): Decorated<(envelope: EventEnvelope<T>) => Promise<void>> {
  return applyDecorators(
    EventPattern<string>(event.pattern, { topic: event.topic }),
    UseFilters(passErrors),
  ) as Decorated<(envelope: EventEnvelope<T>) => Promise<void>>;
}
