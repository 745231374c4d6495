import type { Conversation } from '@dunlin/sdk';
import { useDraft, useDunlin, useUnsent } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';

interface LastSeen {
  readonly conversation: Conversation;
  /** What one had written in it that is not stored, and what one had begun to write. */
  readonly text: string;
}

/** A conversation as it was last: what is unsent is lost with it. If it comes back, that is there as a draft. */
export function useLastSeen(conversationId: string, conversation: Conversation | undefined): LastSeen | undefined {
  const { conversations, drafts } = useDunlin();
  const [draft] = useDraft(conversationId);
  const unstored = useUnsent(conversationId);
  const text = [...unstored, draft].filter(Boolean).join('\n\n');
  const [last, setLast] = useState<LastSeen>();
  if (conversation && (last?.conversation !== conversation || last.text !== text)) setLast({ conversation, text });
  const unsent = conversation ? '' : last?.text;
  useEffect(() => {
    if (!unsent) return;
    return () => {
      if (conversations.of(conversationId).getSnapshot()) drafts.set(conversationId, unsent);
    };
  }, [conversations, drafts, conversationId, unsent]);
  return last;
}
