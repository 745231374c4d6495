import type { Answer, DomainEvent, EventEnvelope, Rpc, RpcRequest, Settle } from '@dunlin/contracts';
import type { CustomTransportStrategy } from '@nestjs/microservices';

/** What both of our Nest clients can do besides `send` and `emit`, without a detour through observables. */
export interface TransportClient {
  /**
   * @param timeoutMs milliseconds from now
   * @param settle hears the answer, or a DunlinError with the handler's code, `timeout`, `busy` or `unavailable`
   */
  submit<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number, settle: Settle<unknown>): void;
  /**
   * @param answers told with it where that saves a record
   * @throws DunlinError `unavailable` or `busy` when it was not taken
   */
  announce<T>(event: DomainEvent<T>, envelope: EventEnvelope<T>, answers?: readonly Answer[]): Promise<void>;
}

/** The way between contexts that the composition root chose. */
export abstract class Transport {
  /** Nest's strategy, which the handlers are registered with. */
  abstract readonly server: CustomTransportStrategy;
  abstract readonly client: TransportClient;
  /** Resolves when requests and events can leave; waits for a broker that is not there yet. */
  abstract connect(): Promise<void>;
}
