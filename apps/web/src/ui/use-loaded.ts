import { useCallback, useEffect, useRef, useState } from 'react';
import { useToast } from './toast.js';
import { useErrorText } from './use-error-text.js';
import { useReturns } from './use-returns.js';

/** Why there is nothing yet, and how to ask again. */
export interface Failure {
  readonly text: string;
  readonly again: () => void;
}

/**
 * What the server answers, asked again by `reload` and after a time without connection, in which events were missed;
 * undefined until it has answered. `change` is for what is told and need not be asked for.
 * @param load keep it the same (`useCallback`) until it asks for something else
 */
export function useLoaded<T>(
  load: () => Promise<T>,
): [loaded: T | undefined, reload: () => void, failure: Failure | undefined, change: (to: (before: T) => T) => void] {
  const tell = useToast();
  const errorText = useErrorText();
  const [loaded, setLoaded] = useState<T>();
  const [text, setText] = useState<string>();
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const returns = useReturns();
  /** Since one has asked: an answer under way may not know of them. */
  const changes = useRef<((before: T) => T)[] | null>(null);
  const change = useCallback((to: (before: T) => T) => {
    changes.current?.push(to);
    setLoaded((before) => before && to(before));
  }, []);
  useEffect(() => {
    let over = false;
    const since: ((before: T) => T)[] = (changes.current = []);
    load().then(
      (answer) => {
        if (over) return;
        changes.current = null;
        setLoaded(since.reduce((before, to) => to(before), answer));
        setText(undefined);
      },
      (error: unknown) => {
        if (over) return;
        setText(errorText(error));
        tell(errorText(error));
      },
    );
    return () => {
      over = true;
    };
  }, [load, round, returns, tell, errorText]);
  return [loaded, reload, text === undefined ? undefined : { text, again: reload }, change];
}
