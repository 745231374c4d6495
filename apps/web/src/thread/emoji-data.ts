import type { EmojiData } from 'frimousse';
import type { Language } from '../i18n/language.js';
import { emojiFile } from './emoji-files.js';
import { found } from './emoji-search.js';

/** Emoji 15 came out in 2022: what is newer, many systems show as a box. */
const NEWEST = 15;
/** In the data's numbering; the second group is the parts that skin and hair are made of. */
const CATEGORIES = [
  'smileys',
  'people',
  'parts',
  'animals',
  'food',
  'places',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;
export type CategoryName = (typeof CATEGORIES)[number];
const PARTS = CATEGORIES.indexOf('parts');
const TONES = ['light', 'medium-light', 'medium', 'medium-dark', 'dark'] as const;

type Emoji = EmojiData['emojis'][number];
/** A line of emojibase-data. */
interface Entry {
  readonly emoji: string;
  readonly label: string;
  readonly version: number;
  readonly group?: number;
  readonly order?: number;
  readonly tags?: readonly string[];
  readonly skins?: readonly { readonly emoji: string; readonly tone?: number | readonly number[] }[];
}

/** All emojis with their names in a language, or those that are called as somebody types. */
export async function emojiData(
  language: Language,
  search: string,
  nameOf: (category: CategoryName | 'found') => string,
): Promise<EmojiData> {
  const entries = (await emojiFile(language)) as readonly Entry[];
  const shown = entries.filter(({ group, version }) => group !== undefined && group !== PARTS && version <= NEWEST);
  const emojis = [...shown].sort((a, b) => (a.order ?? 0) - (b.order ?? 0)).map(toEmoji);
  const skinTones = { light: '', 'medium-light': '', medium: '', 'medium-dark': '', dark: '' };
  if (search !== '') {
    const categories = [{ index: 0, label: nameOf('found') }];
    return { locale: language, emojis: found(emojis, search), categories, skinTones };
  }
  const categories = CATEGORIES.map((name, index) => ({ index, label: nameOf(name) }));
  return { locale: language, emojis, categories: categories.filter(({ index }) => index !== PARTS), skinTones };
}

function toEmoji({ emoji, label, version, group = 0, tags = [], skins = [] }: Entry): Emoji {
  const toned = TONES.map((name, index) => [name, skins.find(({ tone }) => tone === index + 1)?.emoji] as const);
  const whole = toned.every(([, skin]) => skin !== undefined);
  const skinsOf = Object.fromEntries(toned) as NonNullable<Emoji['skins']>;
  return { emoji, category: group, label, version, tags: [...tags], ...(whole ? { skins: skinsOf } : {}) };
}
