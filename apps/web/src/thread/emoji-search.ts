import type { EmojiData } from 'frimousse';

type Emoji = EmojiData['emojis'][number];

/** In a name of more words than this, one of them says little: a heart on fire is not what a heart is. */
const FEW_WORDS = 2;
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;
const SHORT_NAME = 1;

/** How well an emoji is called so, from 0; -1: not at all. */
function rankOf({ label, tags }: Emoji, search: string): number {
  const name = label.toLowerCase();
  const words = name.split(BETWEEN_WORDS);
  const others = tags.map((tag) => tag.toLowerCase());
  return [
    name === search,
    words.length <= FEW_WORDS && words.includes(search),
    name.startsWith(search),
    others.includes(search),
    name.includes(` ${search}`),
    name.includes(search),
    others.some((tag) => tag.startsWith(search)),
    others.some((tag) => tag.includes(search)),
  ].indexOf(true);
}

/** What is called so, the best first, in one category: the library goes by category, and by how many tags match. */
export function found(emojis: readonly Emoji[], typed: string): Emoji[] {
  const search = typed.toLowerCase().trim();
  return emojis
    .map((emoji) => ({ emoji, rank: rankOf(emoji, search) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || (a.rank === SHORT_NAME ? a.emoji.label.length - b.emoji.label.length : 0))
    .map(({ emoji }) => ({ ...emoji, category: 0, tags: [search] }));
}
