import { hasKeyboard } from './use-message-field.js';

/** @returns where the keyboard goes when a message goes away: to the next one's actions, or to where one writes */
export function besideMessage(within: Element | null): HTMLElement | null {
  const own = within?.closest('article');
  const log = own?.closest('[role="log"]');
  if (!own || !log) return null;
  const all = [...log.querySelectorAll('article')];
  const at = all.indexOf(own);
  const neighbour = all[at + 1] ?? all[at - 1];
  return (neighbour && actionsOf(neighbour)) ?? restBeside(own);
}

/** Where one writes; where one may not, the thread. */
export function fieldBeside(within: Element | null): HTMLElement | null {
  const log = within?.closest<HTMLElement>('[role="log"]');
  return log?.closest('main')?.querySelector('textarea') ?? log ?? null;
}

/** Where one goes on with nothing to do in the thread: where one writes, unless a keyboard on the screen would come up. */
export const restBeside = (within: Element | null): HTMLElement | null =>
  hasKeyboard() ? fieldBeside(within) : (within?.closest<HTMLElement>('[role="log"]') ?? null);

/** The button that opens a message's menu. */
export const actionsOf = (article: Element): HTMLElement | null => article.querySelector('[aria-haspopup="menu"]');
