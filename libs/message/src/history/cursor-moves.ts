import type { ConversationId, UserId } from '@dunlin/contracts';
import { grouped } from '@dunlin/platform';
import { forUpdate, insertRows, isLockWait, type Database } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';

/** Written in one transaction. */
const BATCH_MAX = 100;

interface Cursor {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly seq: number;
}

interface Move extends Cursor {
  readonly resolve: (stands: boolean) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  conversationId: string;
  userId: string;
  joinedSeq: number;
  leftSeq: number | null;
  readSeq: number;
  readCounted: number;
}

const keyOf = ({ conversationId, userId }: Pick<Member, 'conversationId' | 'userId'>): string =>
  `${conversationId}|${userId}`;

/**
 * Read cursors. Those that come while others are written are written together: everybody in a group reads a message at
 * about the same time, and a commit for each of them would keep what is sent waiting.
 */
export class CursorMoves {
  private readonly waiting: Move[] = [];
  private writing = false;

  constructor(private readonly db: Database) {}

  /**
   * Forward only, and only while the person is a member.
   * @returns whether it stands at `seq` now
   * @throws DunlinError `unavailable`, `busy`
   */
  move(conversationId: ConversationId, userId: UserId, seq: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ conversationId, userId, seq, resolve, reject });
      if (!this.writing) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) await this.writeSome(this.waiting.splice(0, BATCH_MAX));
    this.writing = false;
  }

  private async writeSome(batch: readonly Move[]): Promise<void> {
    try {
      const counts = await this.countsOf(batch);
      const stand = await this.db.transaction((tx) => this.apply(tx, batch, counts));
      batch.forEach(({ resolve }, index) => resolve(stand[index] === true));
    } catch (error) {
      // one of them waits for somebody: each person's by themselves, so that the others pass
      const parts = isLockWait(error) ? [...grouped(batch, keyOf).values()] : [];
      if (parts.length > 1) for (const part of parts) await this.writeSome(part);
      else for (const { reject } of batch) reject(error);
    }
  }

  /** What each of the messages counts as, by `conversation|seq`; what is stored does not change. */
  private async countsOf(batch: readonly Cursor[]): Promise<Map<string, number>> {
    const rows = await this.db.query<{ conversationId: string; seq: number; counted: number }>(
      `SELECT conversationId, seq, counted FROM messages WHERE ${either(batch, 'conversationId = ? AND seq = ?')}`,
      batch.flatMap(({ conversationId, seq }) => [conversationId, seq]),
    );
    return new Map(rows.map(({ conversationId, seq, counted }) => [`${conversationId}|${seq}`, counted]));
  }

  private async apply(
    tx: EntityManager,
    batch: readonly Cursor[],
    counts: ReadonlyMap<string, number>,
  ): Promise<boolean[]> {
    // in one order, so that two of these do not wait for each other
    const byKey = new Map(batch.map((cursor) => [keyOf(cursor), cursor]));
    const pairs = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cursor]) => cursor);
    insertRows(tx, {
      table: 'conversation_members',
      columns: ['conversationId', 'userId'],
      rows: pairs.map(({ conversationId, userId }) => ({ conversationId, userId })),
      onConflict: 'ignore',
    });
    const rows = (await tx.query(
      `SELECT conversationId, userId, joinedSeq, leftSeq, readSeq, readCounted FROM conversation_members
       WHERE ${either(pairs, 'conversationId = ? AND userId = ?')}${forUpdate(this.db.dialect)}`,
      pairs.flatMap(({ conversationId, userId }) => [conversationId, userId]),
    )) as Member[];
    const members = new Map(rows.map((row) => [keyOf(row), row]));
    const moved = new Set<Member>();
    const stand = batch.map((cursor) => {
      const member = members.get(keyOf(cursor));
      const counted = counts.get(`${cursor.conversationId}|${cursor.seq}`);
      if (!member || counted === undefined) return false;
      if (member.readSeq < cursor.seq && member.leftSeq === null && member.joinedSeq <= cursor.seq) {
        Object.assign(member, { readSeq: cursor.seq, readCounted: counted });
        moved.add(member);
      }
      return member.readSeq === cursor.seq;
    });
    insertRows(tx, {
      table: 'conversation_members',
      columns: ['conversationId', 'userId', 'readSeq', 'readCounted'],
      rows: [...moved],
      onConflict: { key: ['conversationId', 'userId'], update: ['readSeq', 'readCounted'] },
    });
    return stand;
  }
}

const either = (all: readonly unknown[], condition: string): string => all.map(() => `(${condition})`).join(' OR ');
