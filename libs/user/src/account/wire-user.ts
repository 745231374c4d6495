import { mediaUrl, type MediaId, type User } from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import type { UserRow } from './user.entity.js';

// one letter can become eighteen in NFKC; a search is for the start of a name anyway
const KEY_LENGTH = 128;

/** Case folded and in one Unicode form: what two spellings of a name have in common. */
export const nameKey = (name: string): string =>
  Array.from(name.normalize('NFKC').toLowerCase()).slice(0, KEY_LENGTH).join('');

/** The person as others see them. */
export const toWireUser = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.displayName,
  avatarUrl: row.avatarMediaId === null ? null : mediaUrl(row.avatarMediaId as MediaId),
  createdAt: toTimestamp(row.createdAt),
});
