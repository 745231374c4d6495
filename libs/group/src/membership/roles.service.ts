import { Injectable } from '@nestjs/common';
import { groupRpc, invalid, type GroupCard, type MemberRecord, type RequestOf } from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import { GroupChanges } from '../change/group-changes.js';
import { muteOnWire } from '../change/locked-group.js';

/** Who may do what: roles, silence, and the owner's place. */
@Injectable()
export class RolesService {
  constructor(private readonly changes: GroupChanges) {}

  /**
   * The owner gives and takes the admin's role; admins silence members, the owner everybody.
   * @throws DunlinError `forbidden` by the roles, `not_found` for who is no member, `validation_failed` for a silence
   * that ends in the past
   */
  updateMember(request: RequestOf<typeof groupRpc.updateMember>): Promise<MemberRecord> {
    const { userId, role, mutedUntil } = request.data;
    return this.changes.change(request, async (group) => {
      const member = await group.subject(userId);
      if (role !== undefined) await group.asOwner();
      if (role !== undefined && role !== member.role) {
        await group.setRole(userId, role);
        member.role = role;
        group.announce('role_changed', { userId });
      }
      if (mutedUntil !== undefined) {
        const until = mutedUntil === null ? null : Date.parse(mutedUntil);
        // written so that NaN fails as well
        if (until !== null && !(until > group.now)) throw invalid('mutedUntil', 'must be in the future');
        if (until !== member.mutedUntil) await group.setMute(userId, until);
        member.mutedUntil = until;
      }
      return {
        userId,
        role: member.role,
        mutedUntil: muteOnWire(member.mutedUntil, group.now),
        joinedAt: toTimestamp(member.joinedAt),
      };
    });
  }

  /**
   * Makes a member the owner; the one before stays as an admin.
   * @throws DunlinError `forbidden` for everybody but the owner and on oneself, `not_found` for who is no member
   */
  transfer(request: RequestOf<typeof groupRpc.transfer>): Promise<GroupCard> {
    const { userId } = request.data;
    return this.changes.change(request, async (group) => {
      await group.asOwner();
      const heir = await group.subject(userId);
      await group.setRole(userId, 'owner');
      await group.setRole(group.actorId, 'admin');
      // nobody could end an owner's silence
      if (heir.mutedUntil !== null) await group.setMute(userId, null);
      group.announce('owner_changed', { userId });
      return group.card('admin');
    });
  }
}
