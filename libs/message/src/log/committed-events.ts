import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  DunlinError,
  messageEvents,
  streamOf,
  type Answer,
  type CommittedMessage,
  type ConversationId,
  type EventBus,
} from '@dunlin/contracts';
import { chunks, grouped } from '@dunlin/platform';

/** Of an event that fails for no reason that would pass. */
const ATTEMPTS = 5;

/** Messages in one event: with the longest of texts it stays below what a broker takes. */
const EVENT_MAX = 256;

const conversationOf = ({ message }: CommittedMessage): ConversationId => message.conversationId as ConversationId;

/** The results of sends that can be told with their message. */
export type Answers = ReadonlyMap<CommittedMessage, Answer>;

/** Tells the gateways of what was committed. */
export class CommittedEvents {
  private readonly logger = new Logger('CommittedEvents');
  private stopping = false;

  constructor(private readonly bus: EventBus) {}

  /**
   * @param messages in the order of their seqs within each conversation
   * @throws DunlinError when the process stops before the broker has them
   */
  async publish(messages: readonly CommittedMessage[], answers?: Answers): Promise<void> {
    const streams = grouped(messages, (item) => streamOf(conversationOf(item)));
    await Promise.all([...streams].map(([stream, items]) => this.publishStream(stream, items, answers)));
  }

  /** From now on nothing is tried again. */
  stop(): void {
    this.stopping = true;
  }

  /** One event after the other, so that a conversation's order is kept whatever has to be tried again. */
  private async publishStream(stream: number, messages: readonly CommittedMessage[], answers?: Answers): Promise<void> {
    for (const some of chunks(messages, EVENT_MAX)) await this.publishEvent(stream, some, answers);
  }

  /**
   * Committed means it will be told: while the broker is away this goes on trying, and the lane waits, so that order is
   * kept. Stopping ends that; the command is then delivered again to the next process, which publishes. What fails for
   * another reason would fail for ever and hold everybody up: clients see the hole and fetch it.
   */
  private async publishEvent(stream: number, messages: CommittedMessage[], answers?: Answers): Promise<void> {
    const told = answers && messages.flatMap((message) => answers.get(message) ?? []);
    for (let attempt = 0; ; attempt++) {
      try {
        await this.bus.publish(messageEvents.committed, { stream, messages }, told);
        return;
      } catch (error) {
        if (this.stopping) throw DunlinError.from(error);
        if (!DunlinError.from(error).transient && attempt + 1 >= ATTEMPTS)
          return this.publishApart(stream, messages, error as Error);
        if (attempt % 20 === 0) this.logger.warn('Committed messages wait for the event bus', { err: error as Error });
        await delay(Math.min(50 * (attempt + 1), 500));
      }
    }
  }

  /** What is wrong with one conversation's messages is not the others' loss: those that go alone and fail are given up. */
  private async publishApart(stream: number, messages: readonly CommittedMessage[], error: Error): Promise<void> {
    const conversations = grouped(messages, conversationOf);
    if (conversations.size > 1) {
      await Promise.all([...conversations.values()].map((items) => this.publishEvent(stream, items)));
      return;
    }
    const [conversationId] = conversations.keys();
    this.logger.error('Committed messages could not be told', { err: error, conversationId });
  }
}
