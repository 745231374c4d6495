import { browser } from './browser.js';
import { tabId } from './tab-id.js';

describe('The name of a tab', () => {
  const parts = browser as { window?: unknown; sessionStorage?: unknown };
  /** A page with the storage of its tab. */
  const page = (kept: Map<string, string>): { id: string; fire: (event: string) => void } => {
    const listeners: [string, () => void][] = [];
    parts.window = { addEventListener: (event: string, listener: () => void) => listeners.push([event, listener]) };
    parts.sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    };
    const id = tabId('tab');
    return { id, fire: (event) => listeners.forEach(([name, listener]) => name === event && listener()) };
  };
  afterEach(() => {
    delete parts.window;
    delete parts.sessionStorage;
  });

  it('stays over a reload', () => {
    const kept = new Map<string, string>();
    const before = page(kept);
    before.fire('pagehide');
    expect(page(kept).id).toBe(before.id);
  });

  it('is not that of the tab from which it was copied', () => {
    const kept = new Map<string, string>();
    const first = page(kept);
    expect(page(new Map(kept)).id).not.toBe(first.id);
    first.fire('pagehide');
    first.fire('pageshow'); // gone away from and come back to
    expect(page(new Map(kept)).id).not.toBe(first.id);
  });

  it('is a new one where there is no storage to keep it', () => {
    parts.sessionStorage = {
      getItem: () => {
        throw new Error('SecurityError');
      },
    };
    expect(tabId('tab')).not.toBe(tabId('tab'));
  });
});
