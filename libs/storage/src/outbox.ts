import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DunlinError } from '@dunlin/contracts';
import { chunks, Clock } from '@dunlin/platform';
import { In, LessThan } from 'typeorm';
import { Database } from './database.js';
import { CONTEXT_TABLES, type ContextTables, type OutboxRow, type RequestRow } from './unit-of-work.js';

/** Delivers one row. Must be safe to repeat: delivery is at least once. */
export type Deliver = (payload: never) => Promise<void>;

const SWEEP_MS = 1000;
/** Aggregates that one look finds, and that are delivered side by side. */
const PAGE = 100;
const AT_A_TIME = 16;
const REQUESTS_KEPT_MS = 24 * 3600 * 1000;
const PRUNE_MS = 10 * 60 * 1000;
const PRUNED_AT_ONCE = 1000;

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
  private pruning?: Promise<void>;
  private prunedAt = 0;
  private ending = false;
  /** Aggregates that could not be delivered, and were told of in the log. */
  private readonly stuck = new Set<string>();

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
    this.ending = true;
    await Promise.all([this.sweeping, this.pruning]);
    await Promise.allSettled(this.flushing.values());
  }

  private sweepOnce(): void {
    this.sweeping ??= this.sweep()
      .catch((error: unknown) => this.logger.warn('The outbox could not be read', { err: error as Error }))
      .finally(() => {
        this.sweeping = undefined;
      });
    this.pruning ??= this.prune()
      .catch((error: unknown) => this.logger.warn('Old requests could not be deleted', { err: error as Error }))
      .finally(() => {
        this.pruning = undefined;
      });
  }

  /** Rows that their own request should have delivered by now. What one aggregate waits for holds up no other. */
  private async sweep(): Promise<void> {
    let page: string[] = [];
    do {
      page = await this.overdue(page.at(-1));
      for (const some of chunks(page, AT_A_TIME))
        await Promise.all(some.map((aggregate) => this.flushOverdue(aggregate)));
    } while (page.length === PAGE);
  }

  private async overdue(after = ''): Promise<string[]> {
    const now = this.clock.now();
    // rows of the future were written before the clock stepped back
    const rows = await this.db.read((from) =>
      from
        .getRepository<OutboxRow>(this.tables.outbox)
        .createQueryBuilder('row')
        .select('DISTINCT row.aggregate', 'aggregate')
        .where('row.aggregate > :after AND (row.createdAt < :before OR row.createdAt > :now)', {
          after,
          before: now - SWEEP_MS,
          now,
        })
        .orderBy('row.aggregate')
        .limit(PAGE)
        .getRawMany<{ aggregate: string }>(),
    );
    return rows.map(({ aggregate }) => aggregate);
  }

  private async flushOverdue(aggregate: string): Promise<void> {
    try {
      await this.flush(aggregate);
      this.stuck.delete(aggregate);
    } catch (error) {
      if (this.stuck.has(aggregate)) return;
      if (this.stuck.size < PAGE) this.stuck.add(aggregate);
      this.logger.warn('Events are waiting to be delivered', { aggregate, err: error as Error });
    }
  }

  /** A thousand at a time: one statement for all of a busy day would outlast MySQL's patience, and hold up writes. */
  private async prune(): Promise<void> {
    const now = this.clock.now();
    if (Math.abs(now - this.prunedAt) < PRUNE_MS) return;
    this.prunedAt = now;
    const { requests } = this.tables;
    const where = { createdAt: LessThan(now - REQUESTS_KEPT_MS) };
    let page: RequestRow[];
    do {
      page = await this.db.read((from) =>
        from
          .getRepository<RequestRow>(requests)
          .find({ select: { requestId: true }, where, order: { createdAt: 'ASC' }, take: PRUNED_AT_ONCE }),
      );
      const ids = page.map(({ requestId }) => requestId);
      if (ids.length > 0)
        await this.db.transaction((tx) => tx.getRepository<RequestRow>(requests).delete({ requestId: In(ids) }));
    } while (page.length === PRUNED_AT_ONCE && !this.ending);
  }

  private async deliverAll(aggregate: string): Promise<void> {
    for (;;) {
      const rows = await this.db.read((from) =>
        from.getRepository<OutboxRow>(this.tables.outbox).find({
          where: { aggregate },
          order: { position: 'ASC', id: 'ASC' },
          take: PAGE,
        }),
      );
      if (rows.length === 0) return;
      const delivered: string[] = [];
      try {
        for (const row of rows) {
          const deliver = this.deliverers.get(row.type);
          if (!deliver) throw new Error(`No delivery for outbox rows of type ${row.type}`);
          await deliver(JSON.parse(row.payload) as never);
          delivered.push(row.id);
        }
      } finally {
        if (delivered.length > 0) await this.forget(delivered);
      }
    }
  }

  /** Refused as too much it would tell of a change that everybody knows as of one that failed. */
  private async forget(ids: readonly string[]): Promise<void> {
    await this.db.transaction((tx) => tx.getRepository<OutboxRow>(this.tables.outbox).delete({ id: In(ids) }), 'ends');
  }
}
