import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  DunlinError,
  directConversationId,
  EventBus,
  groupConversationId,
  messageEvents,
  type Caller,
  type CommittedMessage,
  type ConversationId,
  type GroupChange,
  type SendCommand,
  type SendResult,
  type Tie,
} from '@dunlin/contracts';
import { Clock, currentTraceId, failpoint, runInTrace } from '@dunlin/platform';
import { Database, isDuplicate, isLockWait } from '@dunlin/storage';
import { applyGroupChange, applyTie } from './append-changes.js';
import { appendSends, type Outcome, type PendingSend } from './append-sends.js';
import { Lane, type Telling } from './lane.js';
import { MembershipCache } from './membership-cache.js';

interface QueuedSend extends PendingSend {
  kind: 'send';
  traceId: string;
  settle: (outcome: Outcome) => void;
  fail: (error: unknown) => void;
}

/** Anything that is no send gets a transaction of its own, in its place between the sends. */
interface QueuedChange {
  kind: 'change';
  write: () => Promise<Telling>;
}

type Queued = QueuedSend | QueuedChange;

/** Two transactions in flight keep the disk busy while the next batches form; SQLite has one writer. */
const LANES = { sqlite: 1, mysql: 2, mariadb: 2 };

/** Of an event that fails for no reason that would pass. */
const PUBLISH_ATTEMPTS = 5;

const NOTHING_TO_TELL: Telling = async () => undefined;

const inTurn =
  (tellings: readonly Telling[]): Telling =>
  async () => {
    for (const tell of tellings) if (tell !== NOTHING_TO_TELL) await tell();
  };

const alone = <T>(one: T): T[] => [one];

function byConversation(sends: readonly QueuedSend[]): QueuedSend[][] {
  const parts = new Map<string, QueuedSend[]>();
  for (const send of sends) {
    const part = parts.get(send.command.conversationId);
    if (part) part.push(send);
    else parts.set(send.command.conversationId, [send]);
  }
  return [...parts.values()];
}

/** Characters, about. */
const weightOf = (item: Queued): number =>
  256 + (item.kind === 'send' && item.command.type === 'text' ? item.command.content.text.length : 0);

const laneOf = (id: string, lanes: number): number => {
  let hash = 0;
  for (let i = id.length - 8; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return Math.abs(hash) % lanes;
};

/** The one place where conversations grow: group commit on lanes by conversation, then acks and events. */
@Injectable()
export class ConversationLog implements OnApplicationShutdown {
  private readonly logger = new Logger(ConversationLog.name);
  private readonly cache = new MembershipCache();
  private readonly lanes: Lane<Queued>[];
  private readonly inFlight = new Map<string, { command: SendCommand; result: Promise<SendResult> }>();
  private stopping = false;

  constructor(
    private readonly db: Database,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {
    this.lanes = Array.from({ length: LANES[db.dialect] }, () => new Lane((batch) => this.write(batch), weightOf));
  }

  /**
   * Stores a message and tells the gateways. Resolves after the commit.
   * @throws DunlinError a refusal from the catalogue; `busy` at once when the lane is full
   */
  send(command: SendCommand, caller: Caller): Promise<SendResult> {
    const key = `${command.conversationId}|${caller.userId}|${command.clientMsgId}`;
    const running = this.inFlight.get(key);
    if (running) return this.join(running, command);
    const result = this.enqueue({ command, caller });
    this.inFlight.set(key, { command, result });
    const done = (): boolean => this.inFlight.delete(key);
    result.then(done, done);
    return result;
  }

  /**
   * A send that came again when nobody waited for it any more, as after a crash. If it was stored, the gateways are told
   * of it, since the process that stored it may not have lived to; else it is dropped.
   * @throws DunlinError `timeout` when it was not stored
   */
  sendLate(command: SendCommand, caller: Caller): Promise<SendResult> {
    return this.enqueue({ command, caller, late: true });
  }

  /** @returns the version that the log has reached; the change's own once it is in */
  async applyGroupChange(change: GroupChange): Promise<{ version: number }> {
    const conversationId = groupConversationId(change.groupId);
    return this.inPlace(
      conversationId,
      () => this.db.transaction((tx) => applyGroupChange(tx, this.db.dialect, change, this.clock.now())),
      async ({ version, committed }) => {
        await this.publish(conversationId, committed);
        return { version };
      },
    );
  }

  applyTie(tie: Tie): Promise<void> {
    return this.inPlace(
      directConversationId(...tie.userIds),
      () => this.db.transaction((tx) => applyTie(tx, this.db.dialect, tie, this.clock.now())),
      async () => undefined,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.lanes.map((lane) => lane.drained()));
  }

  /** A second copy of a send that is still on its way waits for the first one. */
  private async join(
    running: { command: SendCommand; result: Promise<SendResult> },
    command: SendCommand,
  ): Promise<SendResult> {
    const first = running.command;
    const same = (c: SendCommand): string => JSON.stringify([c.type, c.content, c.replyTo?.seq]);
    if (same(first) !== same(command)) throw new DunlinError('idempotency_conflict');
    return { ...(await running.result), duplicate: true };
  }

  private enqueue(send: PendingSend): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      this.lane(send.command.conversationId).push({
        kind: 'send',
        traceId: currentTraceId(),
        ...send,
        settle: (outcome) => (outcome.ok ? resolve(outcome.result) : reject(outcome.error)),
        fail: reject,
      });
    });
  }

  /** @param tell after everything that was written before has been told of; gives the answer */
  private inPlace<W, T>(conversationId: string, write: () => Promise<W>, tell: (written: W) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.lane(conversationId).push({
        kind: 'change',
        write: () =>
          write().then(
            (written) => () => tell(written).then(resolve, reject),
            (error: unknown) => {
              reject(error as Error);
              return NOTHING_TO_TELL;
            },
          ),
      });
    });
  }

  private lane(conversationId: string): Lane<Queued> {
    return this.lanes[laneOf(conversationId, this.lanes.length)] as Lane<Queued>;
  }

  /** Never throws: every queued item hears its own outcome. */
  private async write(batch: Queued[]): Promise<Telling> {
    const tellings: Telling[] = [];
    let sends: QueuedSend[] = [];
    for (const item of batch) {
      if (item.kind === 'send') {
        sends.push(item);
        continue;
      }
      tellings.push(await this.writeSends(sends), await item.write());
      sends = [];
    }
    tellings.push(await this.writeSends(sends));
    return inTurn(tellings);
  }

  private async writeSends(sends: QueuedSend[]): Promise<Telling> {
    if (sends.length === 0) return NOTHING_TO_TELL;
    let outcomes: Outcome[];
    try {
      outcomes = await this.commit(sends);
    } catch (error) {
      const parts = isLockWait(error) ? byConversation(sends) : error instanceof DunlinError ? [] : sends.map(alone);
      if (parts.length > 1) {
        // One of them breaks the statement, or waits for somebody: find it, and let the others pass.
        const tellings: Telling[] = [];
        for (const part of parts) tellings.push(await this.writeSends(part));
        return inTurn(tellings);
      }
      for (const send of sends) send.fail(error);
      return NOTHING_TO_TELL;
    }
    return () => this.tell(sends, outcomes);
  }

  /** Events first: whoever has an ack can rely on the others being told (docs/adr/0006). */
  private async tell(sends: QueuedSend[], outcomes: Outcome[]): Promise<void> {
    try {
      await this.publishOutcomes(sends, outcomes);
      await failpoint('log.published');
    } catch (error) {
      for (const send of sends) send.fail(error);
      return;
    }
    sends.forEach((send, index) => send.settle(outcomes[index] as Outcome));
  }

  /** Without looking ids up first; if the unique key finds a repeat, once more with. */
  private async commit(sends: QueuedSend[]): Promise<Outcome[]> {
    const attempt = (lookUpAll: boolean): Promise<Outcome[]> =>
      this.db.transaction((tx) =>
        appendSends({ tx, dialect: this.db.dialect, now: this.clock.now(), cache: this.cache, lookUpAll }, sends),
      );
    try {
      return await attempt(false);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return attempt(true);
    }
  }

  /** One event a conversation, in the trace of its first message. */
  private async publishOutcomes(sends: readonly QueuedSend[], outcomes: readonly Outcome[]): Promise<void> {
    const events = new Map<ConversationId, { traceId: string; messages: CommittedMessage[] }>();
    outcomes.forEach((outcome, index) => {
      if (!outcome.ok) return;
      const id = outcome.committed.message.conversationId as ConversationId;
      const event = events.get(id);
      if (event) event.messages.push(outcome.committed);
      else events.set(id, { traceId: (sends[index] as QueuedSend).traceId, messages: [outcome.committed] });
    });
    await Promise.all(
      [...events].map(([id, { traceId, messages }]) => runInTrace(traceId, () => this.publish(id, messages))),
    );
  }

  /**
   * Committed means it will be told: while the broker is away this goes on trying, and the lane waits, so that order is
   * kept. Stopping ends that; the command is then delivered again to the next process, which publishes. What fails for
   * another reason would fail for ever and hold everybody up: clients see the hole and fetch it.
   */
  private async publish(conversationId: ConversationId, messages: CommittedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    messages.sort((a, b) => a.message.seq - b.message.seq);
    for (let attempt = 0; ; attempt++) {
      try {
        await this.bus.publish(messageEvents.committed, { conversationId, messages });
        return;
      } catch (error) {
        if (this.stopping) throw DunlinError.from(error);
        if (!DunlinError.from(error).transient && attempt + 1 >= PUBLISH_ATTEMPTS) {
          this.logger.error('Committed messages could not be told', { err: error as Error, conversationId });
          return;
        }
        if (attempt % 20 === 0) this.logger.warn('Committed messages wait for the event bus', { err: error as Error });
        await delay(Math.min(50 * (attempt + 1), 500));
      }
    }
  }
}
