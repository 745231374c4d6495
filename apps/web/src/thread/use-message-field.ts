import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** Whether there is one beside the screen; who points with a mouse has one. */
export const hasKeyboard = (): boolean => matchMedia('(pointer: fine)').matches;

interface MessageField {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** What is typed into it, before it is its text. */
  readonly typed: (text: string) => void;
}

/**
 * The field that one writes in, with the caret where one goes on.
 *
 * @param goal it gets the keyboard whenever this becomes another one, an answer's message for one
 */
export function useMessageField(text: string, goal: object | null): MessageField {
  const field = useRef<HTMLTextAreaElement>(null);
  const typed = useRef('');
  const atFirst = useRef(goal);

  useEffect(() => {
    // who only opens a conversation wants to read it: a keyboard on the screen would cover half of it
    if ((goal && goal !== atFirst.current) || hasKeyboard()) field.current?.focus();
  }, [goal]);
  useLayoutEffect(() => {
    // what is not typed here, a draft for one, is gone on with at its end
    if (text !== typed.current) field.current?.setSelectionRange(text.length, text.length);
    typed.current = text;
  }, [text]);

  return { field, typed: (now) => void (typed.current = now) };
}
