import type { DunlinClient, MessageRef } from '@dunlin/sdk';
import { forget, keep, kept } from '../ui/keep.js';

const KEY = 'dunlin.replies';

function all(): Record<string, MessageRef> {
  try {
    return JSON.parse(kept(KEY) ?? '{}') as Record<string, MessageRef>;
  } catch {
    return {};
  }
}

const keyOf = (userId: string, conversationId: string): string => `${userId} ${conversationId}`;

/** What somebody is answering on this device, until they sign out. */
export const keptReply = (userId: string, conversationId: string): MessageRef | null =>
  all()[keyOf(userId, conversationId)] ?? null;

/** Calls back when it may have changed in another tab. */
export function onRepliesElsewhere(tell: () => void): () => void {
  // null: all of the storage was emptied
  const stored = ({ key }: StorageEvent): void => void ((key === KEY || key === null) && tell());
  window.addEventListener('storage', stored);
  return () => window.removeEventListener('storage', stored);
}

/** Where one's drafts are forgotten, so is this. */
export function forgetRepliesWith(client: DunlinClient): void {
  let who: string | undefined;
  client.session.state.subscribe(() => (who = client.session.state.getSnapshot().user?.id ?? who));
  client.on('session:ended', ({ reason }) => {
    if (who && (reason === 'logout' || reason === 'signed_out_remotely')) forgetOf(who);
  });
}

/** @param reply null: nothing any more */
export function keepReply(userId: string, conversationId: string, reply: MessageRef | null): void {
  const key = keyOf(userId, conversationId);
  const { [key]: before, ...others } = all();
  if (reply || before) write(reply ? { ...others, [key]: reply } : others);
}

function forgetOf(userId: string): void {
  write(Object.fromEntries(Object.entries(all()).filter(([key]) => !key.startsWith(keyOf(userId, '')))));
}

function write(replies: Record<string, MessageRef>): void {
  if (Object.keys(replies).length > 0) keep(KEY, JSON.stringify(replies));
  else forget(KEY);
}
