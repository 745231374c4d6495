import type { ChatMessage } from '@dunlin/sdk';
import { useSystemText } from './use-system-text.js';

/** What happened in a group. */
export function SystemLine({ message }: { message: ChatMessage }) {
  const text = useSystemText(message);
  if (text === null) return null;
  return (
    <p className="mx-auto my-1 w-fit max-w-[calc(100%-2rem)] rounded-2xl bg-raised px-3 py-1 text-center text-xs [overflow-wrap:anywhere] text-soft">
      {text}
    </p>
  );
}
