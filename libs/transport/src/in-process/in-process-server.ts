import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Hub } from './hub.js';

/** Nest's transport strategy of the monolith: hands its handlers to the {@link Hub} and listens to nothing. */
export class InProcessServer extends Server implements CustomTransportStrategy {
  constructor(private readonly hub: Hub) {
    super();
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    callback.extras = extras;
    const name = this.normalizePattern(pattern as string);
    if (isEventHandler) this.hub.addEvent(name, callback);
    else this.hub.addRequest(name, callback);
  }

  listen(callback: () => void): void {
    callback();
  }

  close(): void {
    // nothing is open
  }

  on(): void {
    throw new Error('There is nothing to listen to in one process');
  }

  unwrap<T>(): T {
    return this.hub as T;
  }
}
