import { browser } from './browser.js';
import { newId } from './ids.js';

/**
 * A name for this tab that it has again after a reload. Between two pages it lies in the session storage, and only then:
 * a tab that is copied copies that too, and may not go by the name of one that lives.
 */
export function tabId(key: string): string {
  const { window } = browser;
  // a page may be denied its storage, or have none
  const kept = <T>(use: (storage: NonNullable<typeof browser.sessionStorage>) => T): T | undefined => {
    try {
      return browser.sessionStorage && use(browser.sessionStorage);
    } catch {
      return undefined;
    }
  };
  const id = kept((storage) => storage.getItem(key)) ?? newId();
  const here = (): void => void kept((storage) => storage.removeItem(key));
  here();
  window?.addEventListener('pagehide', () => kept((storage) => storage.setItem(key, id)));
  window?.addEventListener('pageshow', here); // it was kept whole, and is back
  return id;
}
