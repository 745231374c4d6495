import type { Timeline, TimelineSnapshot } from '@dunlin/sdk';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { rowOfSeq, type ThreadRow } from './rows.js';

/** Pixels from the end within which one counts as being there. */
const AT_END = 80;
/** Pixels from an end of what is loaded at which more is loaded. */
const NEAR = 600;

type Shown = TimelineSnapshot & { timeline: Timeline | null };

interface Scroll {
  readonly list: React.RefObject<VirtualizerHandle | null>;
  /** What came in front: the list keeps its place. */
  readonly shift: boolean;
  readonly atEnd: boolean;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

/** Where a thread is scrolled to: at the first unread, at the end while new ones come, at what one jumped to. */
export function useScroll(shown: Shown, rows: readonly ThreadRow[]): Scroll {
  const { timeline, focus, hasOlder, hasNewer, loading, messages } = shown;
  const list = useRef<VirtualizerHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const firstKey = messages[0]?.key;
  const before = useRef<string | undefined>(undefined);
  const shift =
    before.current !== undefined && before.current !== firstKey && messages.some((m) => m.key === before.current);

  const markSeen = useCallback(() => {
    const handle = list.current;
    if (!handle || !timeline || document.visibilityState !== 'visible' || !document.hasFocus()) return;
    for (let i = handle.findItemIndex(handle.scrollOffset + handle.viewportSize); i >= 0; i--) {
      const row = rows[i];
      if (row && 'message' in row && row.message.seq !== null) return timeline.markRead(row.message.seq);
    }
  }, [timeline, rows]);

  const toEnd = useCallback(() => {
    stick.current = true;
    timeline?.jumpToLatest();
    requestAnimationFrame(() => list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' }));
  }, [timeline]);

  const onScroll = useCallback(() => {
    const handle = list.current;
    if (!handle || !timeline) return;
    const rest = handle.scrollSize - handle.scrollOffset - handle.viewportSize;
    stick.current = rest < AT_END && !hasNewer;
    setAtEnd(stick.current);
    if (loading === null && hasOlder && handle.scrollOffset < NEAR) timeline.loadOlder().catch(() => undefined);
    if (loading === null && hasNewer && rest < NEAR) timeline.loadNewer().catch(() => undefined);
    markSeen();
  }, [timeline, hasNewer, hasOlder, loading, markSeen]);

  useLayoutEffect(() => {
    before.current = firstKey;
    if (rows.length > 0 && stick.current) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows, firstKey]);

  useLayoutEffect(() => {
    const index = focus ? rowOfSeq(rows, focus.seq) : -1;
    if (index < 0) return;
    stick.current = false;
    list.current?.scrollToIndex(index, { align: rows[index]?.kind === 'unread' ? 'start' : 'center' });
    // once for each jump, not for each message that comes after it
  }, [focus]);

  useEffect(() => {
    // what is loaded may not fill the window
    onScroll();
    window.addEventListener('focus', markSeen);
    document.addEventListener('visibilitychange', markSeen);
    return () => {
      window.removeEventListener('focus', markSeen);
      document.removeEventListener('visibilitychange', markSeen);
    };
  }, [onScroll, markSeen, rows]);

  return { list, shift, atEnd, onScroll, toEnd };
}
