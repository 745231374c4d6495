import { useEffect, useRef, type RefObject } from 'react';

/** Frames that a list may take to be drawn after it was hidden. */
const PATIENCE = 20;

/** As a `ref` of the list: who comes back to it from a conversation goes on at its row, unless the keyboard is elsewhere. */
export function useLeftRow(selected: string | undefined): RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const left = useRef(selected);
  useEffect(() => {
    const before = left.current;
    left.current = selected;
    if (selected !== undefined || before === undefined) return;
    let frame = 0;
    const look = (patience: number): void => {
      if (patience === 0 || document.activeElement !== document.body) return;
      const row = list.current?.querySelector<HTMLElement>(`a[href="/c/${CSS.escape(before)}"]`);
      if (row?.checkVisibility({ visibilityProperty: true })) row.focus();
      else frame = requestAnimationFrame(() => look(patience - 1));
    };
    look(PATIENCE);
    return () => cancelAnimationFrame(frame);
  }, [selected]);
  return list;
}
