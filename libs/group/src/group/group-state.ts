import {
  groupConversationId,
  mediaUrl,
  type GroupCard,
  type GroupId,
  type MediaId,
  type Role,
  type Timestamp,
} from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import type { GroupRow } from './group.entity.js';

/** A group's row as the database drivers give it. */
export type GroupState = GroupRow;

/** Columns of a {@link GroupState}; `g` is the group. */
export const GROUP_COLUMNS = `g.id AS id, g.name AS name, g.nameKey AS nameKey, g.joinPolicy AS joinPolicy,
  g.ownerId AS ownerId, g.avatarMediaId AS avatarMediaId, g.memberCount AS memberCount, g.version AS version,
  g.createdAt AS createdAt, g.dissolvedAt AS dissolvedAt`;

/**
 * @param role what the viewer is in the group; null for an outsider
 * @param mutedUntil the viewer's own; null says nothing
 */
export const toCard = (group: GroupState, role: Role | null, mutedUntil: Timestamp | null = null): GroupCard => ({
  id: group.id,
  name: group.name,
  avatarUrl: group.avatarMediaId === null ? null : mediaUrl(group.avatarMediaId as MediaId),
  ownerId: group.ownerId,
  joinPolicy: group.joinPolicy,
  memberCount: group.memberCount,
  conversationId: groupConversationId(group.id as GroupId),
  myRole: role,
  ...(mutedUntil === null ? {} : { mutedUntil }),
  createdAt: toTimestamp(Number(group.createdAt)),
});
