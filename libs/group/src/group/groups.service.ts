import { Injectable } from '@nestjs/common';
import { DunlinError, groupRpc, Relations, type GroupCard, type RequestOf } from '@dunlin/contracts';
import { GroupChanges } from '../change/group-changes.js';
import { nameKey } from './name-key.js';

/** Founding a group, what its card says, and its end. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly changes: GroupChanges,
    private readonly relations: Relations,
  ) {}

  /** @throws DunlinError `not_friends` if one of the invited is no friend of the caller, `group_full` */
  async create(request: RequestOf<typeof groupRpc.create>): Promise<GroupCard> {
    const founder = request.caller.userId;
    const invited = [...new Set(request.data.memberIds)];
    if (invited.length > 0) {
      const friends = await this.relations.friendsOf(founder);
      if (!invited.every((userId) => friends.has(userId))) throw new DunlinError('not_friends');
    }
    return this.changes.create(request, async (group) => {
      await group.add([founder, ...invited], { owner: founder });
      group.announce('created', { name: request.data.name });
      for (const userId of invited) group.announce('member_joined', { userId });
      return group.card('owner');
    });
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
}
