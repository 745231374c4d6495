import type { ChatMessage } from '@dunlin/sdk';
import { useLayoutEffect, useMemo, useRef } from 'react';

/** Whether messages have come in front since what was drawn last, or those in front were let go of. */
export function useShift(messages: readonly ChatMessage[]): boolean {
  const keys = useMemo(() => new Set(messages.map(({ key }) => key)), [messages]);
  const [first] = keys;
  const before = useRef(keys);
  const [firstBefore] = before.current;
  useLayoutEffect(() => {
    before.current = keys;
  }, [keys]);
  if (first === undefined || firstBefore === undefined || first === firstBefore) return false;
  return keys.has(firstBefore) || before.current.has(first);
}
