import { useCallback, useEffect, useRef, type ClipboardEvent, type KeyboardEvent, type RefObject } from 'react';
import { actionsOf, fieldBeside } from './beside.js';
import { insertText } from './insert-text.js';
import { pastedFiles } from './says-more.js';

/** Frames within which one arrives at what one jumped to. */
const PATIENCE = 120;

interface LogKeyboard {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  /** The next jump is one's own. @param byKeyboard it goes along */
  readonly follow: (byKeyboard: boolean) => void;
}

/**
 * The keyboard in a thread: it stays there when what had it goes away, goes along with a jump, and what is typed or pasted there
 * is written where one writes.
 *
 * @param focus what one jumped to, another object each time
 */
export function useLogKeyboard(
  window: RefObject<HTMLElement | null>,
  focus: object | null,
  attach: (files: readonly File[]) => void,
): LogKeyboard {
  const going = useRef(false);
  const frame = useRef(0);

  useEffect(() => {
    const log = window.current;
    if (!log) return;
    let last: Element | null = null;
    const note = ({ target }: FocusEvent): void => void (last = target as Element);
    // a row that is scrolled away is no more
    const observer = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = null;
      if (document.activeElement === document.body) log.focus({ preventScroll: true });
    });
    log.addEventListener('focusin', note);
    observer.observe(log, { childList: true, subtree: true });
    return () => {
      log.removeEventListener('focusin', note);
      observer.disconnect();
    };
  }, [window]);

  useEffect(() => {
    const log = window.current;
    if (!focus || !log || !going.current) return;
    going.current = false;
    const look = (left: number): void => {
      const active = document.activeElement;
      // who went elsewhere meanwhile stays there
      if (left === 0 || (active !== document.body && !log.contains(active))) return;
      const target = log.querySelector('[data-focused]');
      const goal = target && isWithin(target, log) ? actionsOf(target) : null;
      goal?.focus({ preventScroll: true });
      // a row is hidden until it is measured
      if (!goal || document.activeElement !== goal) frame.current = requestAnimationFrame(() => look(left - 1));
    };
    frame.current = requestAnimationFrame(() => look(PATIENCE));
    return () => cancelAnimationFrame(frame.current);
  }, [focus, window]);

  const follow = useCallback((byKeyboard: boolean) => void (going.current = byKeyboard), []);
  return {
    onKeyDown: (event) => {
      cancelAnimationFrame(frame.current);
      // a menu's keys come by here too
      if (!event.currentTarget.contains(event.target as Node)) return;
      if (event.key !== 'Escape' && !writes(event)) return;
      // the key is typed where the keyboard is after this
      fieldOf(event.currentTarget)?.focus();
    },
    onPaste: (event) => {
      const field = fieldOf(event.currentTarget);
      if (!field || !event.currentTarget.contains(event.target as Node)) return;
      event.preventDefault();
      const files = pastedFiles(event.clipboardData);
      if (files.length > 0) {
        field.focus();
        attach(files);
      } else insertText(field, event.clipboardData.getData('text/plain'));
    },
    follow,
  };
}

/** Where one writes; null where one may not. */
function fieldOf(log: Element): HTMLTextAreaElement | null {
  const field = fieldBeside(log);
  return field instanceof HTMLTextAreaElement ? field : null;
}

/** Whether a key is a letter or the like. The space scrolls, or presses a button. */
function writes({ key, ctrlKey, altKey, metaKey, nativeEvent }: KeyboardEvent): boolean {
  if (key === ' ' || [...key].length !== 1) return false;
  // AltGr, which counts as both where there is one
  return (!ctrlKey && !altKey && !metaKey) || nativeEvent.getModifierState('AltGraph');
}

/** Whether a row has arrived in a window. */
function isWithin(row: Element, window: Element): boolean {
  const [{ top, bottom }, around] = [row.getBoundingClientRect(), window.getBoundingClientRect()];
  return bottom > around.top && top < around.bottom;
}
