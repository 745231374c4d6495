import { useEffect, useState } from 'react';

const QUIET_MS = 250;

/** What was typed, once the typing has paused: a search for each letter would be too many. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled.trim();
}
