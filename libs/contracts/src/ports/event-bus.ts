import type { DomainEvent } from '../events/index.js';
import type { Answer } from '../rpc/index.js';

/**
 * Tells every process that listens, at least once, in order per key.
 * `publish` resolves when the event is safe with the broker (in process: when the handlers have run).
 * `answers` are told with it. Their submissions are to be settled even so, with the same result or, if this fails, an error.
 * @throws DunlinError `unavailable` when the broker did not take it.
 */
export abstract class EventBus {
  abstract publish<T>(event: DomainEvent<T>, data: T, answers?: readonly Answer[]): Promise<void>;
}
