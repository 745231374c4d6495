import { useMemo, useRef, type RefObject } from 'react';

/** Frames that a place may take to be measured. */
const PATIENCE = 60;
/** Frames at a place after which it moves no more. */
const SETTLED = 3;
const ROUNDING = 2;

interface Goal {
  /** @param place in pixels from the top; null: there is none any more. It is asked for again in every frame */
  pursue(place: (element: HTMLElement) => number | null, done: () => void): void;
  pursued(): boolean;
  giveUp(): void;
}

/** Scrolls to a place that moves while it is approached: rows get their heights as they are drawn. */
export function useGoal(window: RefObject<HTMLElement | null>): Goal {
  const current = useRef<object | null>(null);
  return useMemo(
    () => ({
      pursue: (place, done) => {
        const own = (current.current = {});
        const frame = (left: number, reached: number): void => {
          const element = window.current;
          if (!element || current.current !== own) return;
          const wanted = place(element);
          if (wanted === null || left === 0 || reached === SETTLED) {
            current.current = null;
            return done();
          }
          const top = Math.max(0, Math.min(wanted, element.scrollHeight - element.clientHeight));
          const there = Math.abs(top - element.scrollTop) <= ROUNDING;
          if (!there) element.scrollTop = top;
          requestAnimationFrame(() => frame(left - 1, there ? reached + 1 : 0));
        };
        frame(PATIENCE, 0);
      },
      pursued: () => current.current !== null,
      giveUp: () => void (current.current = null),
    }),
    [window],
  );
}
