import { useCallback, useLayoutEffect, useRef, type MouseEvent, type RefObject } from 'react';

/** A point of a picture, as parts of its width and height, and where it is in the window. */
interface Point {
  readonly across: number;
  readonly down: number;
  readonly x: number;
  readonly y: number;
}

/**
 * What is pointed at stays there when a picture gets larger than what it is scrolled in; otherwise its middle.
 *
 * @returns the picture's `ref`, and what notes where it was clicked
 */
export function useZoomFrom(
  zoomed: boolean,
): [image: RefObject<HTMLImageElement | null>, hold: (event: MouseEvent<HTMLImageElement>) => void] {
  const image = useRef<HTMLImageElement>(null);
  const held = useRef<Point>(null);
  const hold = useCallback(({ currentTarget: fitting, clientX: x, clientY: y }: MouseEvent<HTMLImageElement>) => {
    const { left, top, width, height } = fitting.getBoundingClientRect();
    held.current = { ...shareOf(fitting, x - left - width / 2, y - top - height / 2), x, y };
  }, []);
  useLayoutEffect(() => {
    const window = image.current?.closest('[role="dialog"]');
    if (!zoomed || !image.current || !window) return;
    const { across, down, x, y } = held.current ?? {
      across: 0.5,
      down: 0.5,
      x: window.clientWidth / 2,
      y: window.clientHeight / 2,
    };
    held.current = null;
    const { left, top, width, height } = image.current.getBoundingClientRect();
    window.scrollBy({ left: left + across * width - x, top: top + down * height - y, behavior: 'instant' });
  }, [zoomed]);
  return [image, hold];
}

/** Which part of a picture lies this far from its middle; it is drawn within its element as large as it fits. */
function shareOf(element: HTMLImageElement, right: number, below: number): { across: number; down: number } {
  const { paddingLeft, paddingTop } = getComputedStyle(element);
  const { naturalWidth, naturalHeight, offsetWidth, offsetHeight } = element;
  const scale = Math.min(
    (offsetWidth - 2 * parseFloat(paddingLeft)) / naturalWidth,
    (offsetHeight - 2 * parseFloat(paddingTop)) / naturalHeight,
  );
  const within = (share: number): number => Math.max(0, Math.min(1, share));
  return { across: within(0.5 + right / (naturalWidth * scale)), down: within(0.5 + below / (naturalHeight * scale)) };
}
