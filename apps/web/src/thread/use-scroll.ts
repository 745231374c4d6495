import type { Timeline, TimelineSnapshot } from '@dunlin/sdk';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { isLookedAt, onCovering } from '../ui/looked-at.js';
import { rowOfLine, rowOfSeq, type ThreadRow } from './rows.js';
import { useGoal } from './use-goal.js';
import { useMayAsk } from './use-may-ask.js';
import { useShift } from './use-shift.js';
import type { Place } from './use-place.js';
import { useUnseen } from './use-unseen.js';

/** Pixels from the end within which one counts as being there. */
const AT_END = 80;
/** What rounding leaves of being exactly there. */
const ROUNDING = 2;
/** Pixels from an end of what is loaded at which more is loaded. */
const NEAR = 600;
/** The timeline bounds the list; this is for what comes while one stays at the end, or away. */
const MANY = 1500;

type Shown = TimelineSnapshot & { timeline: Timeline | null };

interface Scroll {
  readonly list: RefObject<VirtualizerHandle | null>;
  /** The element that scrolls. */
  readonly window: RefObject<HTMLDivElement | null>;
  /** What came or went in front: the list keeps its place. */
  readonly shift: boolean;
  readonly atEnd: boolean;
  /** Where one is, messages are missing: they are on their way, or could not be loaded. */
  readonly lacking: boolean;
  /** Loads them, without waiting for the end of a pause. */
  readonly retry: () => void;
  readonly onScroll: () => void;
  /** One scrolls oneself: a jump under way is given up. */
  readonly onTouch: () => void;
  readonly toEnd: () => void;
}

/**
 * Where a thread is scrolled to: at the first unread, at the end while new ones come, at what one jumped to.
 *
 * @param begin where to begin, if the timeline does so there
 * @param keep is told where one was when one leaves; undefined: at the end
 */
export function useScroll(
  shown: Shown,
  rows: readonly ThreadRow[],
  begin: Place | undefined,
  keep: (place: Place | undefined) => void,
): Scroll {
  const { timeline, focus, hasOlder, hasNewer, loading, messages, error, firstUnreadSeq, conversation } = shown;
  const list = useRef<VirtualizerHandle>(null);
  const window = useRef<HTMLDivElement>(null);
  const goal = useGoal(window);
  const shift = useShift(messages);
  const mayAsk = useMayAsk(error);
  const [atEnd, setAtEnd] = useState(true);
  const [lacking, setLacking] = useState(false);
  const stick = useRef(true);
  const lastTop = useRef(0);
  /** Until one is there, or goes elsewhere. */
  const left = useRef(begin);
  /** One goes to the end oneself, also past what has not been seen. */
  const own = useRef(false);
  /** What is under the line before the unread ones has not been seen: the line stays in sight. */
  const unseen = firstUnreadSeq !== null && firstUnreadSeq > (conversation?.readSeq ?? 0);
  const now = useRef({ rows, unseen, hasNewer, look: () => undefined as void });

  // where the unread ones begin could not be loaded: those after it are not all that one has to read
  const cutOff = error !== null && firstUnreadSeq !== null && firstUnreadSeq < (messages[0]?.seq ?? 0);
  /** Where to begin after all: nothing has come yet but what the list shows. */
  const firstToLoad = cutOff && messages.length === 1 ? firstUnreadSeq : null;

  const markSeen = useCallback(() => {
    const [handle, element] = [list.current, window.current];
    // what is passed through on the way to the first unread message is not seen
    if (!handle || !element || !timeline || goal.pursued() || loading === 'around' || cutOff) return;
    if (!isLookedAt(element)) return;
    const { scrollOffset, viewportSize } = handle;
    for (let i = handle.findItemIndex(scrollOffset + viewportSize); i >= 0; i--) {
      const row = rows[i];
      // nor is what is above
      if (handle.getItemOffset(i) + handle.getItemSize(i) <= scrollOffset) return;
      if (row && 'message' in row && row.message.seq !== null) return timeline.markRead(row.message.seq);
    }
  }, [timeline, rows, loading, cutOff, goal]);

  /** Loads what is needed here, and notes what is seen. */
  const look = useCallback(() => {
    const element = window.current;
    if (!element || !timeline) return;
    const rest = restOf(element);
    const wanted = { older: hasOlder && element.scrollTop < NEAR, newer: hasNewer && rest < NEAR };
    setAtEnd(rest < AT_END && !hasNewer);
    setLacking(wanted.older || wanted.newer);
    if (goal.pursued()) return;
    if (loading === null && mayAsk) load(timeline, wanted, firstToLoad);
    markSeen();
  }, [timeline, hasNewer, hasOlder, loading, mayAsk, firstToLoad, markSeen, goal]);

  const retry = useCallback(() => {
    const element = window.current;
    if (!element || !timeline) return;
    const newer = hasNewer && restOf(element) < NEAR;
    load(timeline, { older: !newer, newer }, firstToLoad);
  }, [timeline, hasNewer, firstToLoad]);

  const onScroll = useCallback(() => {
    const element = window.current;
    if (!element) return;
    const rest = restOf(element);
    const up = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    // who leaves the end is not pulled back by what comes next, however slowly they go; what grows below them is no leaving
    if (!goal.pursued()) stick.current = !hasNewer && (rest <= ROUNDING || (!up && (rest < AT_END || stick.current)));
    if (stick.current && !unseen && messages.length > MANY) timeline?.jumpToLatest();
    look();
  }, [timeline, hasNewer, unseen, messages, look, goal]);

  /** Where nothing scrolls, nothing says that one is at the end. */
  const settle = useCallback(() => {
    const element = window.current;
    if (element) stick.current = !now.current.hasNewer && restOf(element) < AT_END;
  }, []);

  const goToEnd = useCallback(() => {
    stick.current = true;
    goal.pursue(endOf, () => {
      own.current = false;
      now.current.look();
    });
  }, [goal]);

  /** To the end, but not past what has not been seen. */
  const follow = useCallback(() => {
    const line = now.current.unseen ? rowOfLine(now.current.rows) : -1;
    if (line < 0 || own.current) return goToEnd();
    const place = (element: HTMLElement) => {
      const index = rowOfLine(now.current.rows);
      return list.current && index >= 0 ? Math.min(endOf(element), list.current.getItemOffset(index)) : endOf(element);
    };
    goal.pursue(place, () => {
      settle();
      now.current.look();
    });
  }, [goal, goToEnd, settle]);

  const toEnd = useCallback(() => {
    left.current = undefined;
    own.current = true;
    timeline?.jumpToLatest();
    goToEnd();
  }, [timeline, goToEnd]);

  const onTouch = useCallback(() => {
    left.current = undefined;
    own.current = false;
    if (!goal.pursued()) return;
    goal.giveUp();
    settle();
  }, [goal, settle]);

  useLayoutEffect(() => {
    now.current = { rows, unseen, hasNewer, look };
  });

  useUnseen(shown, rows, list, window, stick);

  useEffect(() => {
    if (unseen && messages.length > MANY) timeline?.holdNewest();
  }, [timeline, unseen, messages]);

  useLayoutEffect(() => {
    if (rows.length > 0 && stick.current) follow();
  }, [rows, follow]);

  useLayoutEffect(() => {
    if (!focus || rowOfSeq(now.current.rows, focus.seq) < 0) return;
    stick.current = false;
    own.current = false;
    const before = left.current?.seq === focus.seq ? left.current : undefined;
    left.current = undefined;
    const place = (element: HTMLElement) => {
      const index = rowOfSeq(now.current.rows, focus.seq);
      if (!list.current || index < 0) return null;
      if (before) return list.current.getItemOffset(index) - before.down;
      return placeOf(list.current, element, index, now.current.rows);
    };
    goal.pursue(place, () => {
      settle();
      now.current.look();
    });
    // once for each jump, not for each message that comes after it
  }, [focus, goal, settle]);

  useLayoutEffect(
    () => () => {
      const { rows: drawn } = now.current;
      // who leaves before they are where they left it is still on the way there
      if (left.current) return;
      if (stick.current) keep(undefined);
      else if (list.current && !goal.pursued()) keep(topOf(list.current, drawn));
    },
    [goal, keep],
  );

  useEffect(() => {
    const element = window.current;
    if (!element) return;
    // what one writes grows, a keyboard or a line about the connection comes, rows are measured late: the newest stay in sight
    const observer = new ResizeObserver(() => stick.current && follow());
    for (const part of [element, ...element.children]) observer.observe(part);
    return () => observer.disconnect();
  }, [follow]);

  useEffect(() => {
    // what is loaded may not fill the window
    look();
    globalThis.addEventListener('focus', markSeen);
    document.addEventListener('visibilitychange', markSeen);
    const ignore = onCovering(markSeen);
    return () => {
      ignore();
      globalThis.removeEventListener('focus', markSeen);
      document.removeEventListener('visibilitychange', markSeen);
    };
  }, [look, markSeen, rows]);

  return { list, window, shift, atEnd, lacking, retry, onScroll, onTouch, toEnd };
}

/** What fails stands in the timeline's `error`. */
function load(timeline: Timeline, { older, newer }: { older: boolean; newer: boolean }, begin: number | null): void {
  if (begin !== null) return void timeline.jumpTo(begin).catch(() => undefined);
  if (older) timeline.loadOlder().catch(() => undefined);
  if (newer) timeline.loadNewer().catch(() => undefined);
}

/** The first stored message that is seen. */
function topOf(list: VirtualizerHandle, rows: readonly ThreadRow[]): Place | undefined {
  for (let i = list.findItemIndex(list.scrollOffset); i < rows.length; i++) {
    const row = rows[i];
    if (row && 'message' in row && row.message.seq !== null)
      return { seq: row.message.seq, down: list.getItemOffset(i) - list.scrollOffset };
  }
  return undefined;
}

const endOf = (element: HTMLElement): number => element.scrollHeight - element.clientHeight;

const restOf = (element: HTMLElement): number => element.scrollHeight - element.scrollTop - element.clientHeight;

/** Where to scroll to so that a row is in the middle; the line before the unread ones at the top. */
function placeOf(list: VirtualizerHandle, element: HTMLElement, index: number, rows: readonly ThreadRow[]): number {
  const above = rows[index]?.kind === 'unread' ? 0 : (element.clientHeight - list.getItemSize(index)) / 2;
  return list.getItemOffset(index) - above;
}
