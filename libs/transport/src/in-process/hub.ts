import type { MessageHandler } from '@nestjs/microservices';

/** Where the in-process server's handlers and the in-process client meet. One a process. */
export class Hub {
  private readonly requests = new Map<string, MessageHandler>();
  private readonly events = new Map<string, MessageHandler[]>();

  addRequest(pattern: string, handler: MessageHandler): void {
    if (this.requests.has(pattern)) throw new Error(`Two handlers for ${pattern}`);
    this.requests.set(pattern, handler);
  }

  addEvent(pattern: string, handler: MessageHandler): void {
    this.events.set(pattern, [...(this.events.get(pattern) ?? []), handler]);
  }

  requestHandler(pattern: string): MessageHandler | undefined {
    return this.requests.get(pattern);
  }

  eventHandlers(pattern: string): readonly MessageHandler[] {
    return this.events.get(pattern) ?? [];
  }
}
