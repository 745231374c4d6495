import { useEffect, useMemo, useRef, type MouseEvent, type PointerEvent } from 'react';

/** How long a finger rests. Milliseconds. */
const LONG_MS = 450;
/** How far it may slip meanwhile. Pixels. */
const SLIP = 10;

interface LongPress {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onClickCapture: (event: MouseEvent) => void;
}

interface Rest {
  timer?: ReturnType<typeof setTimeout>;
  touch: boolean;
  done: boolean;
  x: number;
  y: number;
}

/** Calls back when a finger rests on something, which is then not clicked; a mouse and a pen go on as before. */
export function useLongPress(callback: () => void): LongPress {
  const newest = useRef(callback);
  const rest = useRef<Rest>({ touch: false, done: false, x: 0, y: 0 });
  useEffect(() => {
    newest.current = callback;
  });
  useEffect(() => () => clearTimeout(rest.current.timer), []);
  return useMemo(() => {
    const end = (): void => clearTimeout(rest.current.timer);
    return {
      onPointerDown: ({ pointerType, clientX: x, clientY: y, isPrimary }) => {
        end();
        const now: Rest = { touch: pointerType === 'touch', done: false, x, y };
        rest.current = now;
        if (!now.touch || !isPrimary) return;
        now.timer = setTimeout(() => {
          now.done = true;
          newest.current();
        }, LONG_MS);
      },
      onPointerMove: ({ clientX, clientY }) => {
        if (Math.hypot(clientX - rest.current.x, clientY - rest.current.y) > SLIP) end();
      },
      onPointerUp: end,
      onPointerCancel: end,
      // the browser's own menu for links and pictures would lie over ours
      onContextMenu: (event) => rest.current.touch && event.preventDefault(),
      onClickCapture: (event) => {
        if (!rest.current.done) return;
        rest.current.done = false;
        event.preventDefault();
        event.stopPropagation();
      },
    };
  }, []);
}
