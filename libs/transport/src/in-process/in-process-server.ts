import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Handlers } from '../handlers.js';

/** Nest's transport strategy of the monolith: keeps the handlers for the client and listens to nothing. */
export class InProcessServer extends Server implements CustomTransportStrategy {
  /** A failed handler is ours to tell again, and to log. */
  override readonly propagatesEventHandlerErrors = true;

  constructor(private readonly handlers: Handlers) {
    super();
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    this.handlers.add(this.normalizePattern(pattern as string), callback, isEventHandler, extras);
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
    return this.handlers as T;
  }
}
