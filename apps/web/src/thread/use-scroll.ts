import type { Timeline, TimelineSnapshot } from '@dunlin/sdk';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { rowOfSeq, type ThreadRow } from './rows.js';
import { useGoal } from './use-goal.js';
import { useMayAsk } from './use-may-ask.js';
import { useShift } from './use-shift.js';

/** Pixels from the end within which one counts as being there. */
const AT_END = 80;
/** What rounding leaves of being exactly there. */
const ROUNDING = 2;
/** Pixels from an end of what is loaded at which more is loaded. */
const NEAR = 600;
/** The timeline bounds the list; this is for what comes while one stays at the end. */
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

/** Where a thread is scrolled to: at the first unread, at the end while new ones come, at what one jumped to. */
export function useScroll(shown: Shown, rows: readonly ThreadRow[]): Scroll {
  const { timeline, focus, hasOlder, hasNewer, loading, messages, error, firstUnreadSeq } = shown;
  const list = useRef<VirtualizerHandle>(null);
  const window = useRef<HTMLDivElement>(null);
  const goal = useGoal(window);
  const shift = useShift(messages);
  const mayAsk = useMayAsk(error);
  const [atEnd, setAtEnd] = useState(true);
  const [lacking, setLacking] = useState(false);
  const stick = useRef(true);
  const lastTop = useRef(0);
  const now = useRef({ rows, look: () => undefined as void });

  // where the unread ones begin could not be loaded: those after it are not all that one has to read
  const cutOff = error !== null && firstUnreadSeq !== null && firstUnreadSeq < (messages[0]?.seq ?? 0);
  /** Where to begin after all: nothing has come yet but what the list shows. */
  const begin = cutOff && messages.length === 1 ? firstUnreadSeq : null;

  const markSeen = useCallback(() => {
    const handle = list.current;
    // what is passed through on the way to the first unread message is not seen
    if (!handle || !timeline || goal.pursued() || loading === 'around' || cutOff || !isLookedAt()) return;
    for (let i = handle.findItemIndex(handle.scrollOffset + handle.viewportSize); i >= 0; i--) {
      const row = rows[i];
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
    if (loading === null && mayAsk) load(timeline, wanted, begin);
    markSeen();
  }, [timeline, hasNewer, hasOlder, loading, mayAsk, begin, markSeen, goal]);

  const retry = useCallback(() => {
    const element = window.current;
    if (!element || !timeline) return;
    const newer = hasNewer && restOf(element) < NEAR;
    load(timeline, { older: !newer, newer }, begin);
  }, [timeline, hasNewer, begin]);

  const onScroll = useCallback(() => {
    const element = window.current;
    if (!element) return;
    const rest = restOf(element);
    const up = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    // who leaves the end is not pulled back by what comes next, however slowly they go
    if (!goal.pursued()) stick.current = !hasNewer && (rest <= ROUNDING || (rest < AT_END && !up));
    if (stick.current && messages.length > MANY) timeline?.jumpToLatest();
    look();
  }, [timeline, hasNewer, messages, look, goal]);

  const goToEnd = useCallback(() => {
    stick.current = true;
    goal.pursue(
      (element) => element.scrollHeight - element.clientHeight,
      () => now.current.look(),
    );
  }, [goal]);

  const toEnd = useCallback(() => {
    timeline?.jumpToLatest();
    goToEnd();
  }, [timeline, goToEnd]);

  useLayoutEffect(() => {
    now.current = { rows, look };
  });

  useLayoutEffect(() => {
    if (rows.length > 0 && stick.current) goToEnd();
  }, [rows, goToEnd]);

  useLayoutEffect(() => {
    if (!focus || rowOfSeq(now.current.rows, focus.seq) < 0) return;
    stick.current = false;
    const place = (element: HTMLElement) => {
      const index = rowOfSeq(now.current.rows, focus.seq);
      return list.current && index >= 0 ? placeOf(list.current, element, index, now.current.rows) : null;
    };
    goal.pursue(place, () => now.current.look());
    // once for each jump, not for each message that comes after it
  }, [focus, goal]);

  useEffect(() => {
    const element = window.current;
    if (!element) return;
    // what one writes grows, a keyboard or a line about the connection comes: the newest stay in sight
    const observer = new ResizeObserver(() => stick.current && goToEnd());
    observer.observe(element);
    return () => observer.disconnect();
  }, [goToEnd]);

  useEffect(() => {
    // what is loaded may not fill the window
    look();
    globalThis.addEventListener('focus', markSeen);
    document.addEventListener('visibilitychange', markSeen);
    return () => {
      globalThis.removeEventListener('focus', markSeen);
      document.removeEventListener('visibilitychange', markSeen);
    };
  }, [look, markSeen, rows]);

  return { list, window, shift, atEnd, lacking, retry, onScroll, onTouch: goal.giveUp, toEnd };
}

/** What fails stands in the timeline's `error`. */
function load(timeline: Timeline, { older, newer }: { older: boolean; newer: boolean }, begin: number | null): void {
  if (begin !== null) return void timeline.jumpTo(begin).catch(() => undefined);
  if (older) timeline.loadOlder().catch(() => undefined);
  if (newer) timeline.loadNewer().catch(() => undefined);
}

const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

const restOf = (element: HTMLElement): number => element.scrollHeight - element.scrollTop - element.clientHeight;

/** Where to scroll to so that a row is in the middle; the line before the unread ones at the top. */
function placeOf(list: VirtualizerHandle, element: HTMLElement, index: number, rows: readonly ThreadRow[]): number {
  const above = rows[index]?.kind === 'unread' ? 0 : (element.clientHeight - list.getItemSize(index)) / 2;
  return list.getItemOffset(index) - above;
}
