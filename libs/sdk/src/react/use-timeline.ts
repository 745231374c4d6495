import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Timeline, TimelineSnapshot } from '../conversations/timeline.js';
import { useDunlin } from './provider.js';

const NOTHING: TimelineSnapshot = {
  conversation: undefined,
  messages: [],
  firstUnreadSeq: null,
  hasOlder: false,
  hasNewer: false,
  loading: null,
  focus: null,
  readCursors: {},
  error: null,
};
const never = (): (() => void) => () => undefined;
const nothing = (): TimelineSnapshot => NOTHING;

/**
 * A window on a conversation, open while it is shown.
 * @param at where it begins; see `conversations.open`. A change of it alone opens nothing anew: use `timeline.jumpTo`
 * @returns what it shows, and the timeline itself, null for the first moment
 */
export function useTimeline(
  conversationId: string,
  at: 'unread' | 'latest' | number = 'unread',
): TimelineSnapshot & { timeline: Timeline | null } {
  const { conversations } = useDunlin();
  const [opened, setOpened] = useState<{ id: string; timeline: Timeline } | null>(null);
  useEffect(() => {
    const timeline = conversations.open(conversationId, { at });
    setOpened({ id: conversationId, timeline });
    return () => timeline.close();
    // `at` is left out: where it begins is asked once
  }, [conversations, conversationId]);
  // the one of the conversation before is not shown under this one's name
  const timeline = opened?.id === conversationId ? opened.timeline : null;
  const snapshot = useSyncExternalStore(timeline?.subscribe ?? never, timeline?.getSnapshot ?? nothing, nothing);
  return { ...snapshot, timeline };
}
