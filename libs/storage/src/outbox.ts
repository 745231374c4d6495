import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DunlinError } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { Database } from './database.js';
import { CONTEXT_TABLES, type ContextTables, type OutboxRow } from './unit-of-work.js';

/** Delivers one row. Must be safe to repeat: delivery is at least once. */
export type Deliver = (payload: never) => Promise<void>;

const SWEEP_MS = 1000;
const REQUESTS_KEPT_MS = 24 * 3600 * 1000;
const PRUNE_MS = 10 * 60 * 1000;

/**
 * Tells others what has been committed, in order per aggregate, at least once. The handler that made the change
 * delivers it at once ({@link flush}) and answers after that; what a crash left behind, the sweep delivers.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Outbox.name);
  private readonly deliverers = new Map<string, Deliver>();
  private readonly flushing = new Map<string, Promise<void>>();
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;
  private prunedAt = 0;

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    @Inject(CONTEXT_TABLES) private readonly tables: ContextTables,
  ) {}

  /** Says how rows of this type are delivered. */
  on<T extends object>(type: string, deliver: (payload: T) => Promise<void>): void {
    this.deliverers.set(type, deliver as Deliver);
  }

  /**
   * Delivers all that is waiting for this aggregate, and resolves when it is delivered.
   * @throws DunlinError `unavailable` when it could not be; the sweep goes on with it
   */
  async flush(aggregate: string): Promise<void> {
    // One that is running may have read the table before our row was there: wait for it, then look again.
    const running = this.flushing.get(aggregate);
    if (running) await running.catch(() => undefined);
    const current = this.flushing.get(aggregate) ?? this.deliverAll(aggregate);
    if (!this.flushing.has(aggregate)) {
      this.flushing.set(aggregate, current);
      void current.catch(() => undefined).then(() => this.flushing.delete(aggregate));
    }
    try {
      await current;
    } catch (error) {
      throw new DunlinError('unavailable', { cause: error });
    }
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sweepOnce(), SWEEP_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
    await Promise.allSettled(this.flushing.values());
  }

  private sweepOnce(): void {
    this.sweeping ??= this.sweep()
      .catch((error: unknown) => this.logger.warn('Events are waiting to be delivered', { err: error as Error }))
      .finally(() => {
        this.sweeping = undefined;
      });
  }

  /** Rows that their own request should have delivered by now. */
  private async sweep(): Promise<void> {
    const rows = await this.db.reader
      .getRepository<OutboxRow>(this.tables.outbox)
      .createQueryBuilder('row')
      .select('DISTINCT row.aggregate', 'aggregate')
      .where('row.createdAt < :before', { before: this.clock.now() - SWEEP_MS })
      .limit(100)
      .getRawMany<{ aggregate: string }>();
    for (const { aggregate } of rows) await this.flush(aggregate);
    if (this.clock.now() - this.prunedAt > PRUNE_MS) {
      this.prunedAt = this.clock.now();
      await this.db.transaction((tx) =>
        tx
          .createQueryBuilder()
          .delete()
          .from(this.tables.requests)
          .where('createdAt < :before', { before: this.clock.now() - REQUESTS_KEPT_MS })
          .execute(),
      );
    }
  }

  private async deliverAll(aggregate: string): Promise<void> {
    for (;;) {
      const rows = await this.db.reader.getRepository<OutboxRow>(this.tables.outbox).find({
        where: { aggregate },
        order: { position: 'ASC', id: 'ASC' },
        take: 100,
      });
      if (rows.length === 0) return;
      for (const row of rows) {
        const deliver = this.deliverers.get(row.type);
        if (!deliver) throw new Error(`No delivery for outbox rows of type ${row.type}`);
        await deliver(JSON.parse(row.payload) as never);
        await this.db.transaction((tx) => tx.getRepository<OutboxRow>(this.tables.outbox).delete({ id: row.id }));
      }
    }
  }
}
