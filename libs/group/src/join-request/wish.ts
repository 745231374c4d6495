import type { UserId } from '@dunlin/contracts';
import type { LockedGroup } from '../change/locked-group.js';

/** Somebody's wish to be let in; after a refusal it is kept, so that it is told from none. */
export async function findWish(group: LockedGroup, userId: UserId): Promise<{ rejectedAt: number | null } | undefined> {
  const [wish] = await group.query<{ rejectedAt: number | null }>(
    'SELECT rejectedAt FROM group_join_requests WHERE groupId = ? AND userId = ?',
    [group.id, userId],
  );
  return wish;
}

/**
 * The actor asks to be let in. Asking again keeps the place in the queue, and says it in the newer words if there are any;
 * after a refusal it is a new wish.
 */
export async function wish(group: LockedGroup, message: string | undefined): Promise<void> {
  const key = [group.id, group.actorId];
  const known = await findWish(group, group.actorId);
  if (!known)
    await group.query('INSERT INTO group_join_requests (groupId, userId, message, createdAt) VALUES (?, ?, ?, ?)', [
      ...key,
      message ?? '',
      group.now,
    ]);
  else if (known.rejectedAt === null) {
    if (message === undefined) return;
    await group.query('UPDATE group_join_requests SET message = ? WHERE groupId = ? AND userId = ?', [message, ...key]);
  } else
    await group.query(
      'UPDATE group_join_requests SET message = ?, createdAt = ?, rejectedAt = NULL WHERE groupId = ? AND userId = ?',
      [message ?? '', group.now, ...key],
    );
}
