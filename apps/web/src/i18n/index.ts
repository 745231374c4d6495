import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';
import type { Language } from './language.js';

const SPACE = 'translation';
/** Those that not everybody needs. */
const FILES: Partial<Record<Language, () => Promise<{ default: object }>>> = {
  'zh-CN': () => import('./zh-CN.json'),
};

void i18next.use(initReactI18next).init({
  resources: { en: { [SPACE]: en } },
  lng: 'en',
  fallbackLng: 'en',
  // React writes text as text
  interpolation: { escapeValue: false },
  initAsync: false,
});
i18next.on('languageChanged', (language) => (document.documentElement.lang = language));

/** Goes on in another language. @throws when it cannot be loaded: the one before stays */
export async function speak(language: Language): Promise<void> {
  const words = i18next.hasResourceBundle(language, SPACE) ? undefined : await FILES[language]?.();
  if (words) i18next.addResourceBundle(language, SPACE, words.default);
  await i18next.changeLanguage(language);
}
