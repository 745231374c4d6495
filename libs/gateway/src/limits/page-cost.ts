import type { MessagePage } from '@dunlin/contracts';
import { CHARACTERS_PER_EVENT } from './rules.js';

/** How many requests more a page counts for, which is known when it is there. */
export function costOf({ messages }: MessagePage): number {
  let characters = 0;
  for (const { content } of messages) if ('text' in content) characters += content.text.length;
  return Math.floor(characters / CHARACTERS_PER_EVENT);
}
