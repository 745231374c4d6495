import { Injectable } from '@nestjs/common';
import { DunlinError, type AuthedRequest, type ErrorCode, type GroupId, type JoinPolicy } from '@dunlin/contracts';
import { Clock, Config, newId } from '@dunlin/platform';
import { Database, forUpdate, nameKey, Outbox, UnitOfWork, type Transaction } from '@dunlin/storage';
import { GROUP_COLUMNS, type GroupState } from '../group/group-state.js';
import { aggregateOf, LockedGroup } from './locked-group.js';

/** What is said of somebody, or of a group, that is not there any more. */
const GONE = new Set<ErrorCode>(['not_found', 'not_a_member']);

/**
 * The one way to change a group: its row is locked first, so of two requests at once the second one sees what the
 * first one did, roles included; and it is answered when the group's conversation knows of the change.
 */
@Injectable()
export class GroupChanges {
  constructor(
    private readonly db: Database,
    private readonly work: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Runs `decide` on the locked group; repeated for the same request it answers as before and changes nothing.
   * @throws DunlinError `not_found` for a group that is not there or was dissolved; whatever `decide` throws
   */
  async change<T>(
    request: AuthedRequest<{ groupId: GroupId }>,
    decide: (group: LockedGroup) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.decide(request, decide);
    } catch (error) {
      // an earlier try of the same may have done it and been cut off before the conversation knew
      if (GONE.has(DunlinError.from(error).code)) await this.tell(request.data.groupId);
      throw error;
    }
  }

  /** A new group of the caller's without members; `fill` takes them in. */
  async create<T extends { id: string }>(
    request: AuthedRequest<{ name: string; joinPolicy: JoinPolicy }>,
    fill: (group: LockedGroup) => Promise<T>,
  ): Promise<T> {
    const { name, joinPolicy } = request.data;
    const result = await this.work.once(request.requestId, async (tx) => {
      const state: GroupState = {
        id: newId(),
        name,
        nameKey: nameKey(name),
        joinPolicy,
        ownerId: request.caller.userId,
        avatarMediaId: null,
        memberCount: 0,
        version: 0,
        createdAt: this.clock.now(),
        dissolvedAt: null,
      };
      await tx.manager.query(
        'INSERT INTO chat_groups (id, name, nameKey, joinPolicy, ownerId, createdAt) VALUES (?, ?, ?, ?, ?, ?)',
        [state.id, name, state.nameKey, joinPolicy, state.ownerId, state.createdAt],
      );
      const group = this.hold(tx, state, request);
      const filled = await fill(group);
      await group.save();
      return filled;
    });
    await this.tell(result.id as GroupId);
    return result;
  }

  /** What an earlier request may have committed without telling of it. @throws DunlinError `unavailable` */
  tell(groupId: GroupId): Promise<void> {
    return this.outbox.flush(aggregateOf(groupId));
  }

  private async decide<T>(
    request: AuthedRequest<{ groupId: GroupId }>,
    decide: (group: LockedGroup) => Promise<T>,
  ): Promise<T> {
    const { groupId } = request.data;
    const result = await this.work.once(request.requestId, async (tx) => {
      const [state] = (await tx.manager.query(
        `SELECT ${GROUP_COLUMNS} FROM chat_groups g WHERE g.id = ?${forUpdate(this.db.dialect)}`,
        [groupId],
      )) as GroupState[];
      if (!state || state.dissolvedAt !== null) throw new DunlinError('not_found');
      const group = this.hold(tx, { ...state, version: Number(state.version) }, request);
      const decided = await decide(group);
      await group.save();
      return decided;
    });
    await this.tell(groupId);
    return result;
  }

  private hold(tx: Transaction, state: GroupState, request: AuthedRequest<unknown>): LockedGroup {
    return new LockedGroup(tx, state, request.caller.userId, this.clock.now(), this.config.groupMaxMembers);
  }
}
