import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  groupRpc,
  RpcClient,
  userRpc,
  type Caller,
  type Conversation,
  type ConversationRecord,
  type GroupId,
  type UserId,
} from '@dunlin/contracts';

const present = <T>(values: (T | undefined)[]): T[] => values.filter((value): value is T => value !== undefined);

/** Adds to conversations what other services know: the peer's profile, the group's card. */
@Injectable()
export class ConversationViews {
  constructor(private readonly rpc: RpcClient) {}

  /** @throws DunlinError `not_found` as for {@link all} */
  async one(record: ConversationRecord, caller: Caller): Promise<Conversation> {
    const [conversation] = await this.all([record], caller);
    if (!conversation) throw new DunlinError('not_found');
    return conversation;
  }

  /** Without the groups that the caller is not in any more: their conversations come to know of it a moment later. */
  async all(records: readonly ConversationRecord[], caller: Caller): Promise<Conversation[]> {
    const peerIds = [...new Set(present(records.map((record) => record.peerId)))];
    const groupIds = present(records.map((record) => record.groupId));
    const [peers, cards] = await Promise.all([
      peerIds.length > 0 ? this.rpc.call(userRpc.byIds, { userIds: peerIds }) : [],
      groupIds.length > 0 ? this.rpc.call(groupRpc.cards, { viewerId: caller.userId, groupIds }) : [],
    ]);
    const byId = new Map(peers.map((user) => [user.id as UserId, user]));
    const byGroup = new Map(cards.map((card) => [card.id as GroupId, card]));
    return records.flatMap(({ peerId, groupId, silencedUntil: _, ...record }) => {
      const conversation: Conversation = { ...record };
      const peer = peerId === undefined ? undefined : byId.get(peerId);
      const group = groupId === undefined ? undefined : byGroup.get(groupId);
      if (groupId !== undefined && !group) return [];
      if (peer) conversation.peer = peer;
      if (group) conversation.group = group;
      return [conversation];
    });
  }
}
