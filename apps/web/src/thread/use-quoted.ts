import type { ChatMessage, DunlinClient, MessageRef } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { keptOf } from '../ui/kept-of.js';
import { useReturns } from '../ui/use-returns.js';

/** What a quote shows of a message. */
export type Quoted = Pick<ChatMessage, 'senderId' | 'content'>;

const MAX = 500;
/** What one may not see is null. */
type Answer = Quoted | null | undefined;

const KEPT = 'quoted';

/** Asked once while one is signed in; what could not be had, which is undefined, is asked for again the next time. */
function ask(client: DunlinClient, conversationId: string, { messageId, seq }: MessageRef): Promise<Answer> {
  const kept = keptOf(client);
  const all = (kept.get(KEPT) as Map<string, Promise<Answer>> | undefined) ?? new Map<string, Promise<Answer>>();
  kept.set(KEPT, all);
  const known = all.get(messageId);
  if (known) return known;
  if (all.size >= MAX) all.clear();
  const answer = client.conversations.history(conversationId, { afterSeq: seq - 1, limit: 1 }).then(
    ({ messages: [message] }) => (message?.id === messageId ? message : null),
    () => {
      all.delete(messageId);
      return undefined;
    },
  );
  all.set(messageId, answer);
  return answer;
}

/**
 * The message that another one answers to: the one that is loaded, or asked for.
 *
 * @returns undefined when it could not be had, or not yet; null when it is from before one came, and is not to be had
 */
export function useQuoted(
  { conversationId, replyTo }: { conversationId: string | null; replyTo?: MessageRef | null },
  loaded: Quoted | undefined,
): Answer {
  const client = useDunlin();
  const [found, setFound] = useState<{ id: string; answer: Answer }>();
  const returns = useReturns();
  const wanted = replyTo && !loaded && conversationId;
  useEffect(() => {
    if (!wanted || !replyTo) return;
    let over = false;
    const { messageId: id } = replyTo;
    void ask(client, wanted, replyTo).then((answer) => over || answer === undefined || setFound({ id, answer }));
    return () => {
      over = true;
    };
  }, [client, wanted, replyTo, returns]);
  if (loaded) return loaded;
  return found && found.id === replyTo?.messageId ? found.answer : undefined;
}
