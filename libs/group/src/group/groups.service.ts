import { Injectable } from '@nestjs/common';
import { DunlinError, groupRpc, Relations, type GroupCard, type GroupId, type RequestOf } from '@dunlin/contracts';
import { isDuplicate, nameKey } from '@dunlin/storage';
import { GroupChanges } from '../change/group-changes.js';
import { Foundings } from './foundings.js';
import { GroupDirectory } from './group-directory.js';

type Founding = RequestOf<typeof groupRpc.create>;

/** Founding a group, what its card says, and its end. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly changes: GroupChanges,
    private readonly foundings: Foundings,
    private readonly directory: GroupDirectory,
    private readonly relations: Relations,
  ) {}

  /**
   * Asked again with the same `clientGroupId` it is the group that is there, however things are by now.
   * @throws DunlinError `not_friends` if one of the invited is no friend of the caller, `group_full`,
   *   `idempotency_conflict`; `not_found` for a group that its founder does not see any more
   */
  async create(request: Founding): Promise<GroupCard> {
    const known = await this.foundings.find(request);
    if (known) return this.again(request, known);
    try {
      return await this.found(request);
    } catch (error) {
      // the same founding, at the same time, was faster
      const founded = isDuplicate(error) ? await this.foundings.find(request) : undefined;
      if (founded) return this.again(request, founded);
      throw error;
    }
  }

  /** What stays as it was is no change. @throws DunlinError `forbidden` for plain members */
  update(request: RequestOf<typeof groupRpc.update>): Promise<GroupCard> {
    return this.changes.change(request, async (group) => {
      const role = await group.asAdmin();
      const { name, joinPolicy, avatarMediaId } = request.data;
      if (name !== undefined && name !== group.facts.name) {
        group.edit({ name, nameKey: nameKey(name) });
        group.announce('renamed', { name });
      }
      if (avatarMediaId !== undefined && avatarMediaId !== group.facts.avatarMediaId) {
        group.edit({ avatarMediaId });
        group.announce('avatar_changed');
      }
      if (joinPolicy !== undefined && joinPolicy !== group.facts.joinPolicy) group.edit({ joinPolicy });
      return group.card(role, (await group.actor()).mutedUntil);
    });
  }

  /** @throws DunlinError `forbidden` for everybody but the owner */
  dissolve(request: RequestOf<typeof groupRpc.dissolve>): Promise<null> {
    return this.changes.change(request, async (group) => {
      await group.asOwner();
      await group.dissolve();
      return null;
    });
  }

  private async found(request: Founding): Promise<GroupCard> {
    const founder = request.caller.userId;
    const invited = [...new Set(request.data.memberIds)];
    if (invited.length > 0) {
      const friends = await this.relations.currentFriendsOf(founder);
      if (!invited.every((userId) => friends.has(userId))) throw new DunlinError('not_friends');
    }
    return this.changes.create(request, async (group) => {
      await this.foundings.note(request, group);
      await group.add([founder, ...invited], { owner: founder });
      group.announce('created', { name: request.data.name });
      for (const userId of invited) group.announce('member_joined', { userId });
      return group.card('owner');
    });
  }

  private async again({ caller }: Founding, groupId: GroupId): Promise<GroupCard> {
    await this.changes.tell(groupId);
    return this.directory.get(groupId, caller.userId);
  }
}
