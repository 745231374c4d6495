import { useDunlin } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useKept } from '../ui/use-kept.js';

/** Where one was in a thread. */
export interface Place {
  /** Of the message at the top. */
  readonly seq: number;
  /** Pixels from there down to it; less than 0 where it begins above. */
  readonly down: number;
}

/** Where one left a thread, unless that was its end or something came that one has not read: then that is where to begin. */
export function usePlace(conversationId: string): [place: Place | undefined, keep: (place: Place | undefined) => void] {
  const { conversations } = useDunlin();
  const [before, keep] = useKept<Place>(`place ${conversationId}`);
  const [read] = useState(() => conversations.of(conversationId).getSnapshot()?.unread === 0);
  return [read ? before : undefined, keep];
}
