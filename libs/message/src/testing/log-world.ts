import {
  DunlinError,
  EventBus,
  messageEvents,
  type CommittedMessage,
  type DomainEvent,
  type SendCommand,
} from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';

/** Keeps what was told. */
export class RecordingBus extends EventBus {
  readonly committed: CommittedMessage[] = [];
  failures = 0;
  /** The conversation whose events cannot be published at all. */
  poison?: string;

  async publish<T>(event: DomainEvent<T>, data: T): Promise<void> {
    if (this.failures > 0) {
      this.failures--;
      throw new DunlinError('unavailable');
    }
    if (event.pattern !== messageEvents.committed.pattern) return;
    const { messages } = data as { messages: CommittedMessage[] };
    if (messages.some(({ message }) => message.conversationId === this.poison)) throw new Error('poison');
    this.committed.push(...messages);
  }
}

export class FixedClock extends Clock {
  at = Date.UTC(2026, 10, 23);
  override now(): number {
    return this.at;
  }
}

export const text = (conversationId: string, clientMsgId: string, body = clientMsgId): SendCommand => ({
  conversationId: conversationId as SendCommand['conversationId'],
  clientMsgId,
  type: 'text',
  content: { text: body },
});
