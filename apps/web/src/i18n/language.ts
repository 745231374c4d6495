import { forget, keep, kept } from '../ui/keep.js';

const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];
export type LanguageChoice = Language | 'browser';

const KEY = 'dunlin.language';

/** The language to show: the one that was chosen, or the browser's. */
export function chosenLanguage(): Language {
  const choice = languageChoice();
  return choice === 'browser' ? languageFor(navigator.languages) : choice;
}

export function languageChoice(): LanguageChoice {
  const choice = kept(KEY);
  return LANGUAGES.find((language) => language === choice) ?? 'browser';
}

export function keepLanguage(choice: LanguageChoice): void {
  if (choice === 'browser') forget(KEY);
  else keep(KEY, choice);
}

/** @param wanted BCP 47 tags, the one liked best first */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [primary] = tag.toLowerCase().split('-');
    if (primary === 'zh') return 'zh-CN';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
