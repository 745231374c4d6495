import { useCallback, useEffect, useState } from 'react';
import { useErrorText } from './error-text.js';
import { useToast } from './toast.js';

/**
 * What the server lists, asked again by `reload`; undefined until it has answered.
 * @param load keep it the same (`useCallback`) until it asks for something else
 */
export function useList<T>(load: () => Promise<T[]>): [items: T[] | undefined, reload: () => void] {
  const tell = useToast();
  const errorText = useErrorText();
  const [items, setItems] = useState<T[]>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let over = false;
    load().then(
      (loaded) => over || setItems(loaded),
      (error: unknown) => over || tell(errorText(error)),
    );
    return () => {
      over = true;
    };
  }, [load, round, tell, errorText]);
  return [items, useCallback(() => setRound((before) => before + 1), [])];
}
