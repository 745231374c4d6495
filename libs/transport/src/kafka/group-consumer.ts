import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { failpoint } from '@dunlin/platform';
import type { Admin, Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { bare } from '../dispatch.js';
import { reason, withAdmin } from './kafka-factory.js';
import { keepTrying } from './keep-trying.js';
import { Place } from './place.js';
import type { AfterCommit, InRecord } from './record.js';

export interface GroupConsumerOptions {
  kafka: Kafka;
  /** For logs. */
  name: string;
  groupId: string;
  topics: readonly string[];
  /**
   * The group is this process's own: it starts at the end of the topics as of its start, and its place is kept here, so
   * an outage of the broker loses nothing and a process that dies leaves nothing behind. kafkajs cannot read without a
   * group. Otherwise the group is shared, and its place is committed to the broker.
   */
  exclusive: boolean;
  /** Runs before each attempt to join. */
  prepare?: (admin: Admin) => Promise<void>;
  /** Records of one partition in work at once; above it the partition pauses. Default 4,096. */
  maxInFlight?: number;
  /**
   * Takes a record: called in the order of the records, without waiting for those before. The record has finished when
   * the promise resolves; if it rejects, the place stays before it.
   */
  handle: (record: InRecord) => Promise<AfterCommit | void> | undefined;
}

const TICK_MS = 250;
/** Longer than any request or rebalance takes: a kafkajs consumer that is quiet for so long has lost its way. */
const SILENCE_MS = 20_000;
const DRAIN_MS = 5000;

const placeKey = (topic: string, partition: number): string => `${topic}|${partition}`;

/**
 * Reads topics as a member of a group. Fetching never waits for the work; what has finished is committed four times a
 * second. When kafkajs gives up, a new consumer takes its place.
 */
export class GroupConsumer {
  private readonly logger = new Logger('Kafka');
  private readonly places = new Map<string, Place>();
  private readonly timer: NodeJS.Timeout;
  private consumer?: Consumer;
  private memberId?: string;
  private joins = 0;
  /** Rebalances seen. */
  private generation = 0;
  private starting?: Promise<void>;
  private committing?: Promise<unknown>;
  private heardAt = performance.now();
  private readonly maxInFlight: number;
  private stopping = false;

  constructor(private readonly options: GroupConsumerOptions) {
    this.maxInFlight = options.maxInFlight ?? 4096;
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** It has its partitions and hears from the broker. */
  get running(): boolean {
    return this.consumer !== undefined && performance.now() - this.heardAt < SILENCE_MS / 2;
  }

  /** Resolves when partitions are assigned, however long that takes. @throws DunlinError `unavailable` after `stop` */
  start(): Promise<void> {
    this.starting ??= keepTrying(`Kafka (${this.options.name})`, () => this.join(), {
      logger: this.logger,
      stopped: () => this.stopping,
    });
    return this.starting;
  }

  /** Takes nothing more, waits up to 5 s for what is in work, commits and leaves the group. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const consumer = this.consumer;
    consumer?.pause(this.options.topics.map((topic) => ({ topic })));
    for (const until = performance.now() + DRAIN_MS; this.inFlight > 0 && performance.now() < until;) await delay(5);
    clearInterval(this.timer);
    await this.committing;
    await this.commit();
    this.consumer = undefined;
    await consumer?.disconnect();
  }

  private get inFlight(): number {
    let sum = 0;
    for (const { tracker } of this.places.values()) sum += tracker.inFlight;
    return sum;
  }

  private async join(): Promise<void> {
    const { kafka, groupId, topics, exclusive, prepare } = this.options;
    if (prepare || exclusive)
      await withAdmin(kafka, async (admin) => {
        await prepare?.(admin);
        if (exclusive) for (const topic of topics) await this.takePlaces(admin, topic);
      });
    const consumer = kafka.consumer({
      // A member that was cut off counts as present until its session ends; nobody has to wait for it in a new group.
      groupId: exclusive ? `${groupId}-${this.joins++}` : groupId,
      sessionTimeout: 6000,
      rebalanceTimeout: 8000,
      heartbeatInterval: 1000,
      // What there is to fetch comes at once. What was paused waits for the fetch under way, and so does a stop.
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
      // a crashed consumer is replaced by a new one, see replace()
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 500, restartOnFailure: async () => false },
    });
    try {
      await this.run(consumer);
    } catch (error) {
      if (this.consumer === consumer) this.consumer = undefined;
      await consumer
        .disconnect()
        .catch((late: unknown) => this.logger.debug(`A failed consumer did not close: ${reason(late)}`));
      throw error;
    }
  }

  private async run(consumer: Consumer): Promise<void> {
    let crash: Error | undefined;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.joined(consumer, payload));
    consumer.on(consumer.events.FETCH, () => {
      this.heardAt = performance.now();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      crash = payload.error;
      this.replace(consumer, payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async (payload) => this.take(consumer, payload),
    });
    // kafkajs resolves run() after the join, and when it could not join
    if (crash) throw crash;
    if (this.stopping) throw new Error('stopped');
  }

  /** Where to read from, for partitions that have no place yet. */
  private async takePlaces(admin: Admin, topic: string): Promise<void> {
    const first = ![...this.places.values()].some((place) => place.topic === topic);
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      const place = this.places.get(placeKey(topic, partition));
      // one beyond the end belongs to a topic of the same name that is no more; a partition may have been added
      if (!place || place.tracker.next > Number(high)) this.setPlace(topic, partition, Number(first ? high : low));
    }
  }

  private setPlace(topic: string, partition: number, next: number): Place {
    const place = new Place(topic, partition, next);
    this.places.set(placeKey(topic, partition), place);
    return place;
  }

  /** Called by kafkajs between the join and the first fetch, so that a seek here decides where reading starts. */
  private joined(consumer: Consumer, member: { memberId: string; memberAssignment: Record<string, number[]> }): void {
    this.generation++;
    const assigned = Object.entries(member.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition, key: placeKey(topic, partition) })),
    );
    // A new member may have missed that another one had its partitions in between: the broker knows the place.
    const known = this.options.exclusive || member.memberId === this.memberId;
    this.memberId = member.memberId;
    const owned = new Set(known ? assigned.map(({ key }) => key) : []);
    if (!this.options.exclusive)
      for (const key of [...this.places.keys()]) if (!owned.has(key)) this.places.delete(key);
    for (const { topic, partition, key } of assigned) {
      const place = this.places.get(key);
      if (place) consumer.seek({ topic, partition, offset: String(place.tracker.next) });
      // kafkajs remembers a pause for as long as it lives, even of a partition that was away
      if (!place?.paused) consumer.resume([{ topic, partitions: [partition] }]);
    }
    this.heardAt = performance.now();
    this.consumer = consumer;
  }

  private take(consumer: Consumer, { batch, isStale }: EachBatchPayload): void {
    if (this.stopping || this.consumer !== consumer || isStale()) return;
    const key = placeKey(batch.topic, batch.partition);
    const place = this.places.get(key) ?? this.setPlace(batch.topic, batch.partition, Number(batch.firstOffset() ?? 0));
    for (const record of recordsOf(batch)) this.begin(place, record);
    if (place.paused || place.tracker.inFlight < this.maxInFlight) return;
    place.paused = true;
    consumer.pause([{ topic: place.topic, partitions: [place.partition] }]);
  }

  private begin(place: Place, record: InRecord): void {
    const ticket = place.begin(record.offset);
    const work = this.options.handle(record);
    if (!work) {
      place.finish(ticket);
      return;
    }
    work.then(
      (go) => {
        place.finish(ticket, go);
        if (place.isHolding) this.commitSoon();
        this.resume(place);
      },
      (error: unknown) => {
        place.tracker.abandon();
        if (!this.stopping) this.logger.error(`A record of ${record.topic} was left behind`, { err: bare(error) });
      },
    );
  }

  private resume(place: Place): void {
    if (!place.paused || place.tracker.inFlight > this.maxInFlight / 2 || this.stopping) return;
    place.paused = false;
    this.consumer?.resume([{ topic: place.topic, partitions: [place.partition] }]);
  }

  private tick(): void {
    if (this.stopping) return;
    if (this.consumer && performance.now() - this.heardAt > SILENCE_MS)
      this.replace(this.consumer, new Error('nothing heard from the broker'));
    this.commitSoon();
  }

  /** And again for as long as something is held until then, and it gets anywhere. */
  private commitSoon(): void {
    if (this.stopping || this.committing) return;
    this.committing = this.commit().then((done) => {
      this.committing = undefined;
      if (done && [...this.places.values()].some((place) => place.isHolding)) this.commitSoon();
    });
  }

  /**
   * Never throws: what could not be committed will be with the next, and what a crash makes come twice acts once.
   * @returns whether anything was
   */
  private async commit(): Promise<boolean> {
    const { consumer, generation } = this;
    if (!consumer || this.options.exclusive) return false;
    const ahead = [...this.places.values()].filter((place) => place.isAhead);
    if (ahead.length === 0) return false;
    const positions = ahead.map((place) => ({ place, offset: place.tracker.position }));
    try {
      await failpoint('kafka.before-offset-commit');
      await consumer.commitOffsets(
        positions.map(({ place: { topic, partition }, offset }) => ({ topic, partition, offset: String(offset) })),
      );
      // a commit that crossed a rebalance may have come after the new owner asked for the place
      if (this.consumer !== consumer || this.generation !== generation) return false;
      for (const { place, offset } of positions) place.commit(offset);
      return true;
    } catch (error) {
      this.logger.debug(`${this.options.name}: could not commit: ${reason(error)}`);
      return false;
    }
  }

  private replace(failed: Consumer, error: unknown): void {
    if (this.consumer !== failed || this.stopping) return;
    this.logger.warn(`${this.options.name}: lost the broker: ${reason(error)}`);
    this.consumer = undefined;
    for (const place of this.places.values()) place.paused = false;
    failed.disconnect().catch((late: unknown) => this.logger.debug(`A lost consumer did not close: ${reason(late)}`));
    this.starting = undefined;
    this.start().catch((late: unknown) => this.logger.debug(reason(late)));
  }
}

function* recordsOf({ topic, partition, messages }: Batch): Generator<InRecord> {
  for (const { offset, key, value, headers = {}, timestamp } of messages)
    yield {
      topic,
      partition,
      offset: Number(offset),
      key: key === null ? null : key.toString(),
      value,
      headers,
      timestamp: Number(timestamp),
    };
}
