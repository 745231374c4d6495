import { useCallback, useEffect, useRef } from 'react';
import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { layersHere } from './layer.js';

/**
 * What lies over the page, named in the address: Back closes it and nothing else, and a reload keeps it.
 *
 * @param name of the address's parameter
 * @returns its value, and what opens it (another value: shows that instead) and closes it (null), and what forgets it,
 *   because there is nothing to show. Who goes to another page leaves it behind and closes nothing before
 */
export function useInAddress(
  name: string,
): [value: string | null, change: (value: string | null) => void, drop: () => void] {
  const value = new URLSearchParams(useSearch()).get(name);
  /** Going back takes a moment: closing twice is no going back twice. */
  const left = useRef<string | null>(null);
  useEffect(() => {
    left.current = null;
  }, [value]);
  const change = useCallback(
    (wanted: string | null) => {
      const { pathname, search } = window.location;
      const params = new URLSearchParams(search);
      const open = params.has(name);
      const opened = (history.state as { opened?: string } | null)?.opened === name;
      if (wanted === null) {
        if (!open || left.current === search) return;
        left.current = search;
        // with what lies over it and is not gone from the history yet
        if (opened) return history.go(-1 - layersHere());
        params.delete(name);
      } else params.set(name, wanted);
      const query = params.toString();
      navigate(query ? `${pathname}?${query}` : pathname, {
        replace: open,
        state: wanted !== null && (opened || !open) ? { opened: name } : null,
      });
    },
    [name],
  );
  const drop = useCallback(() => {
    const { pathname, search } = window.location;
    const params = new URLSearchParams(search);
    if (!params.has(name)) return;
    params.delete(name);
    const query = params.toString();
    navigate(query ? `${pathname}?${query}` : pathname, { replace: true, state: null });
  }, [name]);
  return [value, change, drop];
}
