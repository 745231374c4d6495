import { useEffect, useState } from 'react';

/** What was typed, once the typing has paused: a search for each letter would be too many. */
export function useSettled(value: string, quietMs = 250): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), quietMs);
    return () => clearTimeout(timer);
  }, [value, quietMs]);
  return settled.trim();
}
