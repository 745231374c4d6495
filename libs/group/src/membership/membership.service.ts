import { Injectable } from '@nestjs/common';
import { DunlinError, groupRpc, Relations, type AddResult, type RequestOf } from '@dunlin/contracts';
import { GroupChanges } from '../change/group-changes.js';
import { WaitingNews } from '../join-request/waiting-news.js';
import { wish } from '../join-request/wish.js';

type Joined = { status: 'joined' | 'pending' };

/** Coming in and going out. */
@Injectable()
export class MembershipService {
  constructor(
    private readonly changes: GroupChanges,
    private readonly relations: Relations,
    private readonly news: WaitingNews,
  ) {}

  /**
   * A member stays one; an open group takes in, an approval group keeps the wish.
   * @throws DunlinError `not_found` for an invite group, `group_full`
   */
  async join(request: RequestOf<typeof groupRpc.join>): Promise<Joined> {
    const { userId } = request.caller;
    const joined = await this.changes.change(request, async (group): Promise<Joined> => {
      if (await group.member(userId)) return { status: 'joined' };
      switch (group.facts.joinPolicy) {
        case 'invite':
          throw new DunlinError('not_found');
        case 'approval':
          await wish(group, request.data.message);
          return { status: 'pending' };
        case 'open':
          await group.add([userId], { keepsMute: true });
          group.announce('member_joined', { userId });
          return { status: 'joined' };
      }
    });
    if (joined.status === 'pending') await this.news.tell(request.data.groupId);
    return joined;
  }

  /** @throws DunlinError `conflict` for the owner, who has to transfer or dissolve first */
  leave(request: RequestOf<typeof groupRpc.leave>): Promise<null> {
    return this.changes.change(request, async (group) => {
      const member = await group.actor();
      if (member.role === 'owner')
        throw new DunlinError('conflict', { message: 'Transfer the group or dissolve it first' });
      await group.remove(member, 'left');
      group.announce('member_left', { userId: member.userId });
      return null;
    });
  }

  /**
   * Admins add friends of theirs; who is in already or is no friend is skipped.
   * @throws DunlinError `forbidden`; `group_full`, with nobody added
   */
  async addMembers(request: RequestOf<typeof groupRpc.addMembers>): Promise<AddResult> {
    const asked = [...new Set(request.data.userIds)];
    const friends = await this.relations.currentFriendsOf(request.caller.userId);
    return this.changes.change(request, async (group) => {
      await group.asAdmin();
      const members = await group.membersAmong(asked);
      const added = asked.filter((userId) => friends.has(userId) && !members.has(userId));
      await group.add(added);
      for (const userId of added) group.announce('member_joined', { userId });
      const isAdded = new Set(added);
      return { added, skipped: asked.filter((userId) => !isAdded.has(userId)) };
    });
  }

  /** @throws DunlinError `forbidden` by the roles, `not_found` for who is no member */
  kick(request: RequestOf<typeof groupRpc.kick>): Promise<null> {
    return this.changes.change(request, async (group) => {
      const member = await group.subject(request.data.userId);
      await group.remove(member, 'kicked');
      group.announce('member_kicked', { userId: member.userId });
      return null;
    });
  }
}
