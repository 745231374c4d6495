import type { DunlinClient, MessageRef } from '@dunlin/sdk';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { useCallback, useEffect, useState } from 'react';
import { keptOf } from '../ui/kept-of.js';
import { keepReply, keptReply, onRepliesElsewhere } from './kept-replies.js';

/** What goes with the next message of a conversation; its text is a draft. */
export interface Composing {
  readonly files: readonly File[];
  readonly replyTo: MessageRef | null;
  /** What was chosen to be answered, or to be answered no more, on this page; another tab takes the keyboard from nobody. */
  readonly chosen: MessageRef | null;
}

type Change = Partial<Omit<Composing, 'chosen'>>;

const filesOf = (userId: string): string => `files ${userId} `;

/** Whether somebody has files chosen that are not sent, in any conversation. */
export const hasChosenFiles = (client: DunlinClient, userId: string): boolean =>
  [...keptOf(client)].some(([key, files]) => key.startsWith(filesOf(userId)) && (files as readonly File[]).length > 0);

/**
 * Kept while one looks into other conversations. Files until one signs out or the page is closed: a browser gives them no
 * further. What is answered is kept as the text is, which says something else without it.
 */
export function useComposing(conversationId: string): [composing: Composing, change: (to: Change) => void] {
  const client = useDunlin();
  const me = useSession().user?.id ?? '';
  const filesKey = filesOf(me) + conversationId;
  const [composing, setComposing] = useState<Composing>(() => {
    const replyTo = keptReply(me, conversationId);
    const files = (keptOf(client).get(filesKey) as readonly File[] | undefined) ?? [];
    return { files, replyTo, chosen: replyTo };
  });
  const change = useCallback(
    (to: Change) => {
      if (to.files) keptOf(client).set(filesKey, to.files);
      if (to.replyTo !== undefined) keepReply(me, conversationId, to.replyTo);
      setComposing((before) => ({ ...before, ...to, chosen: to.replyTo === undefined ? before.chosen : to.replyTo }));
    },
    [client, conversationId, filesKey, me],
  );
  // all tabs have the same draft, and what it answers goes with it
  useEffect(
    () =>
      onRepliesElsewhere(() => {
        const replyTo = keptReply(me, conversationId);
        setComposing((before) => (before.replyTo?.messageId === replyTo?.messageId ? before : { ...before, replyTo }));
      }),
    [me, conversationId],
  );
  return [composing, change];
}
