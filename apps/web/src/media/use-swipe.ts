import { useRef, type TouchEvent } from 'react';

/** What is shorter is no swipe. Pixels. */
const SHORTEST = 40;

interface Swipe {
  onTouchStart: (event: TouchEvent) => void;
  onTouchEnd: (event: TouchEvent) => void;
}

/** One finger that moves to a side. @param onSwipe 1: to the left, as one turns to the next page; -1: to the right */
export function useSwipe(onSwipe: (by: 1 | -1) => void): Swipe {
  const start = useRef<{ x: number; y: number } | null>(null);
  return {
    onTouchStart: ({ touches }) => {
      const touch = touches[0];
      // two fingers make it larger, and one moves what they have made larger
      const alone = touches.length === 1 && (visualViewport?.scale ?? 1) <= 1;
      start.current = touch && alone ? { x: touch.clientX, y: touch.clientY } : null;
    },
    onTouchEnd: ({ changedTouches }) => {
      const touch = changedTouches[0];
      const from = start.current;
      start.current = null;
      if (!from || !touch) return;
      const [x, y] = [touch.clientX - from.x, touch.clientY - from.y];
      if (Math.abs(x) >= SHORTEST && Math.abs(x) > 2 * Math.abs(y)) onSwipe(x < 0 ? 1 : -1);
    },
  };
}
