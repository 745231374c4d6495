import type { Message } from '@dunlin/contracts';
import { CHARACTERS_PER_EVENT, CONVERSATIONS_PER_EVENT } from './rules.js';

/** How many requests more a page of messages counts for, which is known when it is there. */
export const costOfMessages = (messages: readonly Message[]): number =>
  Math.floor(charactersIn(messages) / CHARACTERS_PER_EVENT);

/** The same for a page of conversations. */
export const costOfConversations = (page: readonly { lastMessage: Message | null }[]): number =>
  Math.floor(page.length / CONVERSATIONS_PER_EVENT) +
  costOfMessages(page.flatMap(({ lastMessage }) => lastMessage ?? []));

function charactersIn(messages: readonly Message[]): number {
  let characters = 0;
  for (const { content } of messages) if ('text' in content) characters += content.text.length;
  return characters;
}
