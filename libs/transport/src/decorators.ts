import { EventPattern, MessagePattern } from '@nestjs/microservices';
import type { AuthedRequest, DomainEvent, EventEnvelope, Rpc, RpcRequest } from '@dunlin/contracts';

type Decorated<F> = (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>) => void;
type Handler<Data, Result, Authed extends boolean> = (
  request: Authed extends true ? AuthedRequest<Data> : RpcRequest<Data>,
) => Promise<Result>;

/** Nest's `@MessagePattern` for a defined request; the compiler holds the method against the definition. */
export function RpcHandler<Data, Result, Authed extends boolean>(
  rpc: Rpc<Data, Result, Authed>,
): Decorated<Handler<Data, Result, Authed>> {
  const { pattern, topic, authed, sealed } = rpc;
  return MessagePattern(pattern, { topic, authed, sealed }) as Decorated<Handler<Data, Result, Authed>>;
}

/** Nest's `@EventPattern` for a defined event. */
export function OnEvent<T>(event: DomainEvent<T>): Decorated<(envelope: EventEnvelope<T>) => Promise<void>> {
  return EventPattern<string>(event.pattern, { topic: event.topic }) as Decorated<
    (envelope: EventEnvelope<T>) => Promise<void>
  >;
}
