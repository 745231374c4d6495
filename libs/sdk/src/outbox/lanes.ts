import type { Conversation, SendTarget } from '@dunlin/contracts/wire';

/** What to do with a conversation that is named in three ways: one name for its queue. */
export function laneOf(target: SendTarget, find: (conversationId: string) => Conversation | undefined): string {
  if (target.toUserId !== undefined) return `u:${target.toUserId}`;
  if (target.toGroupId !== undefined) return `g:${target.toGroupId}`;
  const id = target.conversationId ?? '';
  const conversation = find(id);
  return conversation ? (lanesOf(conversation)[0] as string) : `c:${id}`;
}

/** The lanes in which messages of a conversation may wait; those written before it was known have their own. */
export function lanesOf({ id, peer, group }: Conversation): string[] {
  const byId = `c:${id}`;
  if (peer) return [`u:${peer.id}`, byId];
  return group ? [`g:${group.id}`, byId] : [byId];
}
