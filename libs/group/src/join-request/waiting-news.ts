import { Injectable } from '@nestjs/common';
import { EventBus, groupEvents, type GroupId, type UserId } from '@dunlin/contracts';
import { Database } from '@dunlin/storage';

/** Tells those who may answer that somebody asks to be let in, or does no longer. */
@Injectable()
export class WaitingNews {
  constructor(
    private readonly db: Database,
    private readonly bus: EventBus,
  ) {}

  /** After the commit. Who is let in needs none of it: the group's card is told then. */
  async tell(groupId: GroupId): Promise<void> {
    const leaders = await this.db.query<{ userId: UserId }>(
      "SELECT userId FROM group_members WHERE groupId = ? AND role <> 'member'",
      [groupId],
    );
    const [row] = await this.db.query<{ n: number | string }>(
      'SELECT COUNT(*) AS n FROM group_join_requests WHERE groupId = ? AND rejectedAt IS NULL',
      [groupId],
    );
    const userIds = leaders.map((leader) => leader.userId);
    await this.bus.publish(groupEvents.requests, { groupId, userIds, waiting: Number(row?.n) });
  }
}
