import type { DomainEvent } from '../events/index.js';

/**
 * Tells every process that listens, at least once, in order per key.
 * `publish` resolves when the event is safe with the broker (in process: when the handlers have run).
 * @throws DunlinError `unavailable` when the broker did not take it.
 */
export abstract class EventBus {
  abstract publish<T>(event: DomainEvent<T>, data: T): Promise<void>;
}
