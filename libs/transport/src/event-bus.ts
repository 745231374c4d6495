import { EventBus, type Answer, type DomainEvent } from '@dunlin/contracts';
import { currentTraceId } from '@dunlin/platform';
import type { TransportClient } from './transport.js';

/** The {@link EventBus} of either transport. */
export class TransportEventBus extends EventBus {
  constructor(private readonly client: TransportClient) {
    super();
  }

  override publish<T>(event: DomainEvent<T>, data: T, answers?: readonly Answer[]): Promise<void> {
    return this.client.announce(event, { traceId: currentTraceId(), data }, answers);
  }
}
