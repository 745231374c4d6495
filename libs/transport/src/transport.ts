import type { CustomTransportStrategy } from '@nestjs/microservices';

/** Whether messages get through. */
export interface TransportState {
  ok: boolean;
  /** In a few words, for an operator. */
  detail: string;
}

export abstract class TransportHealth {
  /** Never throws. */
  abstract check(): Promise<TransportState>;
}

/** What {@link connectTransport} needs of the transport that the composition root chose. */
export abstract class Transport {
  /** Nest's strategy, which the handlers are registered with. */
  abstract readonly server: CustomTransportStrategy;
  /** Resolves when requests and events can leave; waits for a broker that is not there yet. */
  abstract connect(): Promise<void>;
}
