import { mediaUrl, type MediaId, type User } from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import type { UserRow } from './user.entity.js';

/** The person as others see them. */
export const toWireUser = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.displayName,
  avatarUrl: row.avatarMediaId === null ? null : mediaUrl(row.avatarMediaId as MediaId),
  createdAt: toTimestamp(row.createdAt),
});
