import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DunlinError, groupRpc, type GroupId, type RequestOf } from '@dunlin/contracts';
import { Database } from '@dunlin/storage';
import type { LockedGroup } from '../change/locked-group.js';

type Founding = RequestOf<typeof groupRpc.create>;

/** Which group a founding has made that its founder gave an id to. */
@Injectable()
export class Foundings {
  constructor(private readonly db: Database) {}

  /** @throws DunlinError `idempotency_conflict` when the id was for a founding of something else */
  async find({ caller, data }: Founding): Promise<GroupId | undefined> {
    if (data.clientGroupId === undefined) return undefined;
    const [known] = await this.db.query<{ groupId: GroupId; digest: string }>(
      'SELECT groupId, digest FROM group_foundings WHERE founderId = ? AND clientGroupId = ?',
      [caller.userId, data.clientGroupId],
    );
    if (known && known.digest !== digestOf(data)) throw new DunlinError('idempotency_conflict');
    return known?.groupId;
  }

  /** Under the new group's lock; of two with the same id at once, the second fails with a duplicate key. */
  async note({ caller, data }: Founding, group: LockedGroup): Promise<void> {
    if (data.clientGroupId === undefined) return;
    await group.query(
      'INSERT INTO group_foundings (founderId, clientGroupId, groupId, digest, createdAt) VALUES (?, ?, ?, ?, ?)',
      [caller.userId, data.clientGroupId, group.id, digestOf(data), group.now],
    );
  }
}

/** Members are a set: their order says nothing. */
const digestOf = ({ name, joinPolicy, memberIds }: Founding['data']): string =>
  createHash('sha256')
    .update(JSON.stringify([name, joinPolicy, [...new Set(memberIds)].sort()]))
    .digest('base64url');
