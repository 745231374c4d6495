import { forget, keep, kept } from '../ui/keep.js';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'dunlin.theme';

export function chosenTheme(): Theme {
  const choice = kept(KEY);
  return THEMES.find((theme) => theme === choice) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') forget(KEY);
  else keep(KEY, theme);
  applyTheme(theme);
}

export function applyTheme(theme: Theme = chosenTheme()): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset.theme;
  else dataset.theme = theme;
}
