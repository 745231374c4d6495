import { EventBus, type DomainEvent } from '@dunlin/contracts';
import { currentTraceId } from '@dunlin/platform';
import type { Wire } from './rpc-client.js';

/** The {@link EventBus} of either transport. */
export class TransportEventBus extends EventBus {
  constructor(private readonly wire: Wire) {
    super();
  }

  override publish<T>(event: DomainEvent<T>, data: T): Promise<void> {
    return this.wire.announce(event, { traceId: currentTraceId(), data });
  }
}
