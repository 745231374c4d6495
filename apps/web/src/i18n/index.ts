import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';
import zhCN from './zh-CN.json';
import { chosenLanguage, type Language } from './language.js';

const resources = { en: { translation: en }, 'zh-CN': { translation: zhCN } } satisfies Record<Language, object>;

void i18next.use(initReactI18next).init({
  resources,
  lng: chosenLanguage(),
  fallbackLng: 'en',
  // React writes text as text
  interpolation: { escapeValue: false },
  initAsync: false,
});
document.documentElement.lang = i18next.language;
i18next.on('languageChanged', (language) => (document.documentElement.lang = language));
