import type { Timeline, TimelineSnapshot } from '@dunlin/sdk';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { rowOfSeq, type ThreadRow } from './rows.js';

/** Pixels from the end within which one counts as being there. */
const AT_END = 80;
/** What rounding leaves of being exactly there. */
const ROUNDING = 2;
/** How long a place that was jumped to may take to be measured. Frames. */
const SETTLED_WITHIN = 60;
/** Frames at the place after which it moves no more. */
const SETTLED = 3;
/** The list is bounded by the timeline; this is for what comes while one stays at the end. */
const MANY = 1500;
/** Pixels from an end of what is loaded at which more is loaded. */
const NEAR = 600;

type Shown = TimelineSnapshot & { timeline: Timeline | null };

interface Scroll {
  readonly list: React.RefObject<VirtualizerHandle | null>;
  /** What came in front: the list keeps its place. */
  readonly shift: boolean;
  readonly atEnd: boolean;
  readonly onScroll: () => void;
  /** One scrolls oneself: a jump under way is given up. */
  readonly onTouch: () => void;
  readonly toEnd: () => void;
}

/** Where a thread is scrolled to: at the first unread, at the end while new ones come, at what one jumped to. */
export function useScroll(shown: Shown, rows: readonly ThreadRow[]): Scroll {
  const { timeline, focus, hasOlder, hasNewer, loading, messages } = shown;
  const list = useRef<VirtualizerHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const lastOffset = useRef(0);
  const jumping = useRef<object | null>(null);
  const drawn = useRef(rows);
  const firstKey = messages[0]?.key;
  const before = useRef<string | undefined>(undefined);
  const keysBefore = useRef<ReadonlySet<string>>(new Set());
  const keys = useMemo(() => new Set(messages.map(({ key }) => key)), [messages]);
  // more came in front, or what was in front is let go of
  const shift =
    before.current !== undefined &&
    firstKey !== undefined &&
    before.current !== firstKey &&
    (keys.has(before.current) || keysBefore.current.has(firstKey));

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
    jumping.current = null;
    timeline?.jumpToLatest();
    requestAnimationFrame(() => list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' }));
  }, [timeline]);

  /** Loads what is needed here, and notes what is seen. */
  const look = useCallback(() => {
    const handle = list.current;
    if (!handle || !timeline) return;
    const rest = handle.scrollSize - handle.scrollOffset - handle.viewportSize;
    setAtEnd(rest < AT_END && !hasNewer);
    if (jumping.current) return; // what is near now is only passed through
    if (loading === null && hasOlder && handle.scrollOffset < NEAR) timeline.loadOlder().catch(() => undefined);
    if (loading === null && hasNewer && rest < NEAR) timeline.loadNewer().catch(() => undefined);
    markSeen();
  }, [timeline, hasNewer, hasOlder, loading, markSeen]);

  const onScroll = useCallback(() => {
    const handle = list.current;
    if (!handle) return;
    const { scrollOffset } = handle;
    const rest = handle.scrollSize - scrollOffset - handle.viewportSize;
    const up = scrollOffset < lastOffset.current;
    lastOffset.current = scrollOffset;
    // who leaves the end is not pulled back by what comes next, however slowly they go
    stick.current = !hasNewer && (rest <= ROUNDING || (rest < AT_END && !up));
    if (stick.current && messages.length > MANY) timeline?.jumpToLatest();
    look();
  }, [timeline, hasNewer, messages, look]);

  const lookNow = useRef(look);
  useLayoutEffect(() => {
    lookNow.current = look;
    drawn.current = rows;
  });

  useLayoutEffect(() => {
    before.current = firstKey;
    keysBefore.current = keys;
    if (rows.length > 0 && stick.current) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows, firstKey, keys]);

  useLayoutEffect(() => {
    if (!focus || rowOfSeq(rows, focus.seq) < 0) return;
    stick.current = false;
    jumping.current = focus;
    // rows get their heights as they are drawn, so the place moves until it has been reached
    const approach = (left: number, reached: number) => {
      const handle = list.current;
      if (!handle || jumping.current !== focus) return;
      const index = rowOfSeq(drawn.current, focus.seq);
      if (index < 0 || left === 0 || reached === SETTLED) {
        jumping.current = null;
        return lookNow.current();
      }
      const place = placeOf(handle, index, drawn.current[index]?.kind === 'unread');
      const there = Math.abs(place - handle.scrollOffset) <= ROUNDING;
      if (!there) handle.scrollTo(place);
      requestAnimationFrame(() => approach(left - 1, there ? reached + 1 : 0));
    };
    approach(SETTLED_WITHIN, 0);
    // once for each jump, not for each message that comes after it
  }, [focus]);

  useEffect(() => {
    // what is loaded may not fill the window
    look();
    window.addEventListener('focus', markSeen);
    document.addEventListener('visibilitychange', markSeen);
    return () => {
      window.removeEventListener('focus', markSeen);
      document.removeEventListener('visibilitychange', markSeen);
    };
  }, [look, markSeen, rows]);

  const onTouch = useCallback(() => void (jumping.current = null), []);
  return { list, shift, atEnd, onScroll, onTouch, toEnd };
}

/** Where to scroll to so that a row is at the top, or in the middle. */
function placeOf(handle: VirtualizerHandle, index: number, atTop: boolean): number {
  const above = atTop ? 0 : (handle.viewportSize - handle.getItemSize(index)) / 2;
  return Math.max(0, Math.min(handle.getItemOffset(index) - above, handle.scrollSize - handle.viewportSize));
}
