import type { ChatMessage, DunlinClient } from '@dunlin/sdk';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';

/** What goes with the next message of a conversation; its text is a draft. */
export interface Composing {
  readonly files: readonly File[];
  readonly replyTo: ChatMessage | null;
}

const NOTHING: Composing = { files: [], replyTo: null };
const kept = new WeakMap<DunlinClient, Map<string, Composing>>();

/** Kept while one looks into other conversations, until the page is closed: a browser gives files no further. */
export function useComposing(conversationId: string): [composing: Composing, change: (to: Partial<Composing>) => void] {
  const client = useDunlin();
  const me = useSession().user?.id ?? '';
  const key = `${me} ${conversationId}`;
  const [composing, setComposing] = useState(() => kept.get(client)?.get(key) ?? NOTHING);
  const change = useCallback(
    (to: Partial<Composing>) => {
      const all = kept.get(client) ?? new Map<string, Composing>();
      kept.set(client, all);
      const now = { ...NOTHING, ...all.get(key), ...to };
      if (now.files.length === 0 && !now.replyTo) all.delete(key);
      else all.set(key, now);
      setComposing(now);
    },
    [client, key],
  );
  return [composing, change];
}
