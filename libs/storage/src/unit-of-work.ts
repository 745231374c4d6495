import { Inject, Injectable } from '@nestjs/common';
import { Clock, newId } from '@dunlin/platform';
import { Column, Index, type EntityManager } from 'typeorm';
import { InstantColumn, PrimaryId } from './columns.js';
import { Database } from './database.js';
import type { Place } from './write-line.js';
import { insertIgnore } from './dialect.js';

/** Base of a context's outbox table: what is still to be told to others, written with the change itself. */
export abstract class OutboxRow {
  @PrimaryId()
  id: string;

  /** What the row is about; rows of one aggregate are delivered in order. */
  @Index()
  @Column({ type: 'varchar', length: 140 })
  aggregate: string;

  /** Order within the aggregate: its version, or the time. */
  @InstantColumn()
  position: number;

  @Column({ type: 'varchar', length: 64 })
  type: string;

  @Column({ type: 'text' })
  payload: string;

  @InstantColumn()
  createdAt: number;
}

/** Base of a context's request table: what a request did, kept so that the same record delivered twice acts once. */
export abstract class RequestRow {
  @PrimaryId()
  requestId: string;

  @Column({ type: 'text', nullable: true })
  result: string | null;

  @Index()
  @InstantColumn()
  createdAt: number;
}

export interface ContextTables {
  outbox: new () => OutboxRow;
  requests: new () => RequestRow;
}

export const CONTEXT_TABLES = Symbol('CONTEXT_TABLES');

/** A running transaction of one context. */
export interface Transaction {
  manager: EntityManager;
  /**
   * Tells others once this commits. `position` orders the rows of one aggregate: its version, read under its lock.
   * @param payload plain JSON data
   */
  tell(row: { aggregate: string; position: number; type: string; payload: object }): Promise<void>;
}

/** A context's way to change its tables: state and what is told about it, in one transaction. */
@Injectable()
export class UnitOfWork {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    @Inject(CONTEXT_TABLES) private readonly tables: ContextTables,
  ) {}

  /** One transaction; see {@link Database.transaction}. */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.db.transaction((manager) => work(this.bind(manager)));
  }

  /**
   * Like {@link run}, and a repeat of the same request changes nothing and gets the first result.
   * The result is kept as JSON: it must hold no secret.
   * @param place see {@link Database.transaction}
   */
  once<T>(requestId: string, work: (tx: Transaction) => Promise<T>, place?: Place): Promise<T> {
    return this.db.transaction(async (manager) => {
      const table = manager.getRepository(this.tables.requests).metadata.tableName;
      // Inserting first makes a repeat that runs at the same time wait here for the first one's end.
      const inserted = await this.claim(manager, table, requestId);
      if (!inserted) {
        const row = await manager.getRepository(this.tables.requests).findOneByOrFail({ requestId });
        return JSON.parse(row.result ?? 'null') as T;
      }
      const result = await work(this.bind(manager));
      await manager.query(`UPDATE ${table} SET result = ? WHERE requestId = ?`, [
        JSON.stringify(result ?? null),
        requestId,
      ]);
      return result;
    }, place);
  }

  /** Whether {@link once} has done this before: for what has to be checked ahead of the transaction. */
  async did(requestId: string): Promise<boolean> {
    return this.db.read((from) => from.getRepository(this.tables.requests).existsBy({ requestId }));
  }

  private async claim(manager: EntityManager, table: string, requestId: string): Promise<boolean> {
    const answer = (await manager.query(
      `${insertIgnore(this.db.dialect)} INTO ${table} (requestId, result, createdAt) VALUES (?, NULL, ?)`,
      [requestId, this.clock.now()],
    )) as { affectedRows?: number } | number | undefined;
    if (typeof answer === 'object' && answer !== null) return answer.affectedRows === 1;
    const [row] = (await manager.query('SELECT changes() AS n')) as { n: number }[];
    return Number(row?.n) === 1;
  }

  private bind(manager: EntityManager): Transaction {
    return {
      manager,
      tell: async ({ aggregate, position, type, payload }) => {
        await manager.getRepository(this.tables.outbox).insert({
          id: newId(),
          aggregate,
          position,
          type,
          payload: JSON.stringify(payload),
          createdAt: this.clock.now(),
        });
      },
    };
  }
}
