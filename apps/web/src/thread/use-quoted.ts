import type { ChatMessage, DunlinClient, MessageRef } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useReturns } from '../ui/use-returns.js';

/** What a quote shows of a message. */
export type Quoted = Pick<ChatMessage, 'senderId' | 'content'>;

const MAX = 500;
const asked = new WeakMap<DunlinClient, Map<string, Promise<Quoted | null>>>();

/** Asked once a page; what could not be had is asked for again the next time. */
function ask(client: DunlinClient, conversationId: string, { messageId, seq }: MessageRef): Promise<Quoted | null> {
  const all = asked.get(client) ?? new Map<string, Promise<Quoted | null>>();
  asked.set(client, all);
  const known = all.get(messageId);
  if (known) return known;
  if (all.size >= MAX) all.clear();
  const answer = client.conversations.history(conversationId, { afterSeq: seq - 1, limit: 1 }).then(
    ({ messages: [message] }) => (message?.id === messageId ? message : null),
    () => {
      all.delete(messageId);
      return null;
    },
  );
  all.set(messageId, answer);
  return answer;
}

/**
 * The message that another one answers to: the one that is loaded, or asked for.
 *
 * @returns undefined when it is not there, or not there yet
 */
export function useQuoted(message: ChatMessage, loaded: Quoted | undefined): Quoted | undefined {
  const client = useDunlin();
  const [found, setFound] = useState<Quoted | null>(null);
  const { conversationId, replyTo } = message;
  const returns = useReturns();
  const wanted = replyTo && !loaded && conversationId;
  useEffect(() => {
    if (!wanted || !replyTo) return;
    let over = false;
    void ask(client, wanted, replyTo).then((answer) => over || (answer && setFound(answer)));
    return () => {
      over = true;
    };
  }, [client, wanted, replyTo, returns]);
  return loaded ?? found ?? undefined;
}
