import { Injectable } from '@nestjs/common';
import {
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

  async one(record: ConversationRecord, caller: Caller): Promise<Conversation> {
    const [conversation] = await this.all([record], caller);
    return conversation as Conversation;
  }

  async all(records: readonly ConversationRecord[], caller: Caller): Promise<Conversation[]> {
    const peerIds = [...new Set(present(records.map((record) => record.peerId)))];
    const groupIds = present(records.map((record) => record.groupId));
    const [peers, cards] = await Promise.all([
      peerIds.length > 0 ? this.rpc.call(userRpc.byIds, { userIds: peerIds }) : [],
      groupIds.length > 0 ? this.rpc.call(groupRpc.cards, { viewerId: caller.userId, groupIds }) : [],
    ]);
    const byId = new Map(peers.map((user) => [user.id as UserId, user]));
    const byGroup = new Map(cards.map((card) => [card.id as GroupId, card]));
    return records.map(({ peerId, groupId, silencedUntil: _, ...record }) => {
      const conversation: Conversation = { ...record };
      const peer = peerId === undefined ? undefined : byId.get(peerId);
      const group = groupId === undefined ? undefined : byGroup.get(groupId);
      if (peer) conversation.peer = peer;
      if (group) conversation.group = group;
      return conversation;
    });
  }
}
