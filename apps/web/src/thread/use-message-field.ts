import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** Whether there is one beside the screen; who points with a mouse has one. */
export const hasKeyboard = (): boolean => matchMedia('(pointer: fine)').matches;

interface MessageField {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** What is typed into it, before it is its text. */
  readonly typed: (text: string) => void;
  /** @returns its text with `what` at the caret, which stands behind it once that is its text */
  readonly inserted: (what: string) => string;
}

/**
 * The field that one writes in, with the caret where one goes on.
 *
 * @param goal it gets the keyboard whenever this is another one, an answer's message for one
 */
export function useMessageField(text: string, goal: object | null): MessageField {
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const typed = useRef('');

  useEffect(() => {
    // who only opens a conversation wants to read it: a keyboard on the screen would cover half of it
    if (goal || hasKeyboard()) field.current?.focus();
  }, [goal]);
  useLayoutEffect(() => {
    // what is not typed here, a draft for one, is gone on with at its end
    const at = caret.current ?? (text === typed.current ? null : text.length);
    if (at !== null) field.current?.setSelectionRange(at, at);
    caret.current = null;
    typed.current = text;
  }, [text]);

  return {
    field,
    typed: (now) => void (typed.current = now),
    inserted: (what) => {
      const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
      caret.current = selectionStart + what.length;
      return text.slice(0, selectionStart) + what + text.slice(selectionEnd);
    },
  };
}
