import type { GroupChange, LeaveReason } from '@dunlin/contracts';

/**
 * What the outbox keeps of a change. Cards and lists of people that may grow long are read when it is told: they are
 * then newer than the change, never older.
 */
export interface ToldChange {
  change: GroupChange;
  /** Why people left. */
  reason?: LeaveReason;
}
