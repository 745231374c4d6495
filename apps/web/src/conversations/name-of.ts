import type { Conversation } from '@dunlin/sdk';
import { plain } from '../ui/plain.js';

/** What a conversation is called: the other person, or the group. */
export const nameOf = ({ peer, group }: Conversation): string => plain(peer?.displayName ?? group?.name ?? '…');

/** Whether it answers to what is typed: name or username, without regard to case. */
export function matches(conversation: Conversation, query: string): boolean {
  const wanted = query.trim().toLocaleLowerCase();
  return [nameOf(conversation), conversation.peer?.username ?? ''].some((name) =>
    name.toLocaleLowerCase().includes(wanted),
  );
}
