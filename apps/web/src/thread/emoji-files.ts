import type { Language } from '../i18n/language.js';

// our own files: what the library would ask a CDN for, the page's policy forbids
const FILES: Record<Language, () => Promise<{ default: unknown }>> = {
  en: () => import('emojibase-data/en/data.json'),
  'zh-CN': () => import('emojibase-data/zh/data.json'),
};

/** All emojis with their names in a language, as emojibase-data has them. */
export const emojiFile = async (language: Language): Promise<unknown> => (await FILES[language]()).default;
