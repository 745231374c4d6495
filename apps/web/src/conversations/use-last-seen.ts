import type { Conversation } from '@dunlin/sdk';
import { useDraft, useDunlin, useUnsent } from '@dunlin/sdk/react';
import { useEffect, useRef, useState } from 'react';
import { useKept } from '../ui/use-kept.js';

interface LastSeen {
  readonly conversation: Conversation;
  /** What one had written in it that is not stored, and what one had begun to write. */
  readonly text: string;
}

/**
 * A conversation as it was last: what is unsent is lost with it, and kept until one signs out or the page is closed. If the
 * conversation comes back, that is there as a draft.
 */
export function useLastSeen(conversationId: string, conversation: Conversation | undefined): LastSeen | undefined {
  const { drafts } = useDunlin();
  const [draft] = useDraft(conversationId);
  const unstored = useUnsent(conversationId);
  const text = [...unstored, draft].filter(Boolean).join('\n\n');
  const [before, keep] = useKept<LastSeen>(`lost ${conversationId}`);
  const [last, setLast] = useState(before);
  const lost = useRef(before?.text);
  if (conversation && (last?.conversation !== conversation || last.text !== text)) setLast({ conversation, text });
  const known = conversation !== undefined;
  useEffect(() => {
    if (!known && last?.text) {
      lost.current = last.text;
      keep(last);
    } else if (known && lost.current) {
      const begun = drafts.of(conversationId).getSnapshot();
      drafts.set(conversationId, [lost.current, begun].filter(Boolean).join('\n\n'));
      lost.current = undefined;
      keep(undefined);
    }
  }, [drafts, conversationId, known, last, keep]);
  return last;
}
