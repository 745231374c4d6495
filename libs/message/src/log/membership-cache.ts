import { Lru } from '@dunlin/platform';
import type { EntityManager } from 'typeorm';

export interface Membership {
  /** Of the conversation's row; what is cached holds exactly as long as this is its version. */
  version: number;
  members: ReadonlyMap<string, { joinedSeq: number; mutedUntil: number | null }>;
}

/** Members of all groups together, some 120 bytes each. */
const CAPACITY = 500_000;

/**
 * The members of group conversations by version. The version is read under the row lock of every append, so a cached
 * set is either exact or not used: a member removed anywhere is gone from the next append everywhere.
 */
export class MembershipCache {
  private readonly entries = new Lru<string, Membership>(CAPACITY, () => 0);

  async at(tx: EntityManager, conversationId: string, version: number): Promise<Membership> {
    const known = this.entries.get(conversationId);
    if (known?.version === version) return known;
    const rows = (await tx.query(
      'SELECT userId, joinedSeq, mutedUntil FROM conversation_members WHERE conversationId = ? AND leftSeq IS NULL',
      [conversationId],
    )) as { userId: string; joinedSeq: number; mutedUntil: number | string | null }[];
    const members = new Map(
      rows.map((row) => [
        row.userId,
        { joinedSeq: row.joinedSeq, mutedUntil: row.mutedUntil === null ? null : Number(row.mutedUntil) },
      ]),
    );
    const loaded = { version, members };
    this.entries.set(conversationId, loaded, Infinity, 1 + members.size);
    return loaded;
  }
}
