import type { Timeline, TimelineSnapshot } from '@dunlin/sdk';
import { useLayoutEffect, useRef, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { isLookedAt } from '../ui/looked-at.js';
import { isNews, rowOfSeq, type ThreadRow } from './rows.js';

/** Draws the line before what came while nobody looked, and before what came at once and is more than can be seen. */
export function useUnseen(
  shown: TimelineSnapshot & { timeline: Timeline | null },
  rows: readonly ThreadRow[],
  list: RefObject<VirtualizerHandle | null>,
  window: RefObject<HTMLElement | null>,
  stick: RefObject<boolean>,
): void {
  const { timeline, messages, hasNewer, loading, firstUnreadSeq, conversation } = shown;
  const newest = useRef<number | null>(null);
  useLayoutEffect(() => {
    const before = newest.current;
    const atNewest = !hasNewer && loading !== 'around';
    const last = messages.findLast(({ seq }) => seq !== null)?.seq ?? (conversation?.lastSeq === 0 ? 0 : null);
    newest.current = atNewest ? last : null;
    const readSeq = conversation?.readSeq ?? 0;
    // what is unseen already has its line
    if (!timeline || before === null || !atNewest || (firstUnreadSeq !== null && firstUnreadSeq > readSeq)) return;
    const first = messages.find((message) => isNews(message, Math.max(before, readSeq)))?.seq;
    if (first == null) return;
    const begin = messages.find(({ seq }) => seq !== null)?.seq as number;
    // so much was missed that what lies between is not here
    const from = begin > before + 1 ? readSeq + 1 : first;
    const seen = window.current !== null && isLookedAt(window.current);
    const unseen = !seen || (stick.current && !(list.current && fits(list.current, rows, first)));
    if (unseen) timeline.unreadFrom(from).catch(() => undefined);
    // once for each change of what is shown
  }, [timeline, messages, hasNewer, loading, firstUnreadSeq, conversation, rows, list, window, stick]);
}

/** Whether all from this one to the end can be seen at once. */
function fits(list: VirtualizerHandle, rows: readonly ThreadRow[], seq: number): boolean {
  const last = rows.length - 1;
  const from = list.getItemOffset(rowOfSeq(rows, seq));
  return list.getItemOffset(last) + list.getItemSize(last) - from <= list.viewportSize;
}
