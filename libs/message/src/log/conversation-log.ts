import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  DunlinError,
  directConversationId,
  EventBus,
  groupConversationId,
  streamOf,
  type Answer,
  type CommittedMessage,
  type ConversationId,
  type GroupChange,
  type SendCommand,
  type SendResult,
  type Submission,
  type Tie,
} from '@dunlin/contracts';
import { Clock, failpoint, grouped } from '@dunlin/platform';
import { Database, isDuplicate, isLockWait } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';
import { applyGroupChange, applyTie } from './append-changes.js';
import { appendSends } from './append-sends.js';
import { CommittedEvents, type Answers } from './committed-events.js';
import { Lane, type Telling } from './lane.js';
import { MembershipCache } from './membership-cache.js';
import type { Outcome } from './outcome.js';
import { keyOf, type PendingSend } from './pending-send.js';

type SendSubmission = Submission<SendCommand, SendResult>;

/** A send on a lane, and the repeats of it that came while it was there. */
interface QueuedSend extends PendingSend {
  kind: 'send';
  submission: SendSubmission;
  /** Characters, about. */
  weight: number;
  repeats?: SendSubmission[];
}

/** Anything that is no send gets a transaction of its own, in its place between the sends. */
interface QueuedChange {
  kind: 'change';
  write: () => Promise<Telling>;
}

type Queued = QueuedSend | QueuedChange;

/** Two transactions in flight keep the disk busy while the next batches form; SQLite has one writer. */
const LANES = { sqlite: 1, mysql: 2, mariadb: 2 };

const NOTHING_TO_TELL: Telling = async () => undefined;

const oneAfterAnother =
  (tellings: readonly Telling[]): Telling =>
  async () => {
    for (const tell of tellings) if (tell !== NOTHING_TO_TELL) await tell();
  };

const LOOK_UP_ONLY = true;

/** Of one id; past them a send is answered `busy`. */
const REPEATS_MAX = 100;

const BASE_WEIGHT = 256;
const weightOf = (item: Queued): number => (item.kind === 'send' ? item.weight : BASE_WEIGHT);

/** Whether they are the same as they came; a difference may still mean the same message, see `repeatOf`. */
const isCopy = (a: SendCommand, b: SendCommand): boolean =>
  isDeepStrictEqual([a.type, a.content, a.replyTo], [b.type, b.content, b.replyTo]);

/** The one place where conversations grow: group commit on lanes by conversation, then acks and events. */
@Injectable()
export class ConversationLog implements OnApplicationShutdown {
  private readonly cache = new MembershipCache();
  private readonly lanes: Lane<Queued>[];
  private readonly inFlight = new Map<string, QueuedSend>();
  private readonly events: CommittedEvents;

  constructor(
    private readonly db: Database,
    bus: EventBus,
    private readonly clock: Clock,
  ) {
    this.events = new CommittedEvents(bus);
    this.lanes = Array.from({ length: LANES[db.dialect] }, () => new Lane((batch) => this.write(batch), weightOf));
  }

  /**
   * Stores messages, tells the gateways, and then each sender: a refusal from the catalogue, or `busy` at once when the
   * lane is full.
   *
   * One that comes past its deadline, as after a crash, has nobody waiting. If it was stored, the gateways are told of
   * it, since the process that stored it may not have lived to; else it is dropped, with `timeout`.
   */
  send(submissions: readonly SendSubmission[]): void {
    const now = this.clock.now();
    for (const submission of submissions) {
      try {
        if (now > submission.request.deadline) this.enqueue(submission, LOOK_UP_ONLY);
        else this.take(submission);
      } catch (error) {
        // one that is full or malformed is not the others' loss
        submission.settle(DunlinError.from(error));
      }
    }
  }

  /** @returns the version that the log has reached; the change's own once it is in */
  async applyGroupChange(change: GroupChange): Promise<{ version: number }> {
    const conversationId = groupConversationId(change.groupId);
    return this.inPlace(
      conversationId,
      () => this.transaction((tx) => applyGroupChange(tx, this.db.dialect, change, this.clock.now())),
      async ({ version, committed }) => {
        await this.events.publish(committed);
        return { version };
      },
    );
  }

  applyTie(tie: Tie): Promise<void> {
    return this.inPlace(
      directConversationId(...tie.userIds),
      () => this.transaction((tx) => applyTie(tx, this.db.dialect, tie, this.clock.now())),
      async () => undefined,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.events.stop();
    await Promise.all(this.lanes.map((lane) => lane.drained()));
  }

  /** @throws DunlinError `busy`; TypeError for what is no send */
  private take(submission: SendSubmission): void {
    const { data: command, caller } = submission.request;
    const first = this.inFlight.get(keyOf({ command, caller }));
    if (!first) {
      this.enqueue(submission);
      return;
    }
    const repeats = (first.repeats ??= []);
    if (repeats.length >= REPEATS_MAX) throw new DunlinError('busy', { retryAfterMs: 1000 });
    repeats.push(submission);
  }

  private enqueue(submission: SendSubmission, lookUpOnly = false): void {
    const { data: command, caller } = submission.request;
    const weight = BASE_WEIGHT + (command.type === 'text' ? command.content.text.length : 0);
    const send: QueuedSend = { kind: 'send', command, caller, lookUpOnly, submission, weight };
    this.lane(command.conversationId).push(send);
    // what is only looked up must not end the retry that is under way
    if (!lookUpOnly) this.inFlight.set(keyOf(send), send);
  }

  private settle(send: QueuedSend, error: DunlinError | undefined, result?: SendResult): void {
    if (!send.lookUpOnly) this.inFlight.delete(keyOf(send));
    send.submission.settle(error, result);
    if (send.repeats) this.settleRepeats(send, send.repeats, error, result);
  }

  /** A copy has the same outcome; what is not quite the same, the log compares with what it has stored, if it has. */
  private settleRepeats(
    { command }: QueuedSend,
    repeats: readonly SendSubmission[],
    error: DunlinError | undefined,
    result: SendResult | undefined,
  ): void {
    const others: SendSubmission[] = [];
    for (const submission of repeats)
      if (!isCopy(command, submission.request.data)) others.push(submission);
      else submission.settle(error, result && { ...result, duplicate: true });
    if (error) {
      this.send(others);
      return;
    }
    for (const submission of others)
      try {
        this.enqueue(submission, LOOK_UP_ONLY);
      } catch (full) {
        submission.settle(DunlinError.from(full));
      }
  }

  /** @param tell after everything that was written before has been told of; gives the answer */
  private inPlace<W, T>(
    conversationId: ConversationId,
    write: () => Promise<W>,
    tell: (written: W) => Promise<T>,
  ): Promise<T> {
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

  private lane(conversationId: ConversationId): Lane<Queued> {
    return this.lanes[streamOf(conversationId) % this.lanes.length] as Lane<Queued>;
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
    return oneAfterAnother(tellings);
  }

  private async writeSends(sends: QueuedSend[]): Promise<Telling> {
    if (sends.length === 0) return NOTHING_TO_TELL;
    let outcomes: Outcome[];
    try {
      outcomes = await this.commit(sends);
    } catch (error) {
      const parts = partsToTry(sends, error);
      if (parts.length > 1) {
        const tellings: Telling[] = [];
        for (const part of parts) tellings.push(await this.writeSends(part));
        return oneAfterAnother(tellings);
      }
      this.fail(sends, error);
      return NOTHING_TO_TELL;
    }
    return () => this.tell(sends, outcomes);
  }

  /** Events first: whoever has an ack can rely on the others being told (docs/adr/0006). */
  private async tell(sends: QueuedSend[], outcomes: Outcome[]): Promise<void> {
    try {
      await this.events.publish(committedOf(sends, outcomes), answersOf(sends, outcomes));
      await failpoint('log.published');
    } catch (error) {
      this.fail(sends, error);
      return;
    }
    sends.forEach((send, index) => {
      const outcome = outcomes[index] as Outcome;
      if (outcome.ok) this.settle(send, undefined, outcome.result);
      else this.settle(send, outcome.error);
    });
  }

  private fail(sends: readonly QueuedSend[], error: unknown): void {
    for (const send of sends) this.settle(send, DunlinError.from(error));
  }

  private transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.db.transaction(work, 'messages');
  }

  /** Without looking ids up first; if the unique key finds a repeat, once more with. */
  private async commit(sends: QueuedSend[]): Promise<Outcome[]> {
    const attempt = (lookUpAll: boolean): Promise<Outcome[]> =>
      this.transaction((tx) =>
        appendSends({ tx, dialect: this.db.dialect, now: this.clock.now(), cache: this.cache, lookUpAll }, sends),
      );
    try {
      return await attempt(false);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return attempt(true);
    }
  }
}

function committedOf(sends: readonly QueuedSend[], outcomes: readonly Outcome[]): CommittedMessage[] {
  const committed: CommittedMessage[] = [];
  outcomes.forEach((outcome, index) => {
    if (!outcome.ok) return;
    outcome.committed.traceId = (sends[index] as QueuedSend).submission.request.traceId;
    committed.push(outcome.committed);
  });
  // what came again has the place of its first time
  if (committed.some(({ repeated }) => repeated)) committed.sort((a, b) => a.message.seq - b.message.seq);
  return committed;
}

/** Those of senders who can be told with the message that is stored: nearly all over Kafka, and none in one process. */
function answersOf(sends: readonly QueuedSend[], outcomes: readonly Outcome[]): Answers | undefined {
  const answers = new Map<CommittedMessage, Answer>();
  sends.forEach(({ submission: { back } }, index) => {
    const outcome = outcomes[index] as Outcome;
    if (back && outcome.ok) answers.set(outcome.committed, { to: back, result: outcome.result });
  });
  return answers.size > 0 ? answers : undefined;
}

/** One of a batch breaks the statement, or waits for somebody: what to try apart so as to find it and let the others pass. */
function partsToTry(sends: readonly QueuedSend[], error: unknown): QueuedSend[][] {
  if (isLockWait(error)) return [...grouped(sends, ({ command }) => command.conversationId).values()];
  return error instanceof DunlinError ? [] : sends.map((send) => [send]);
}
