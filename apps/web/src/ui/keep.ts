/** What the storage did not take. */
const here = new Map<string, string>();

/** One's choice on this device; null for none. */
export const kept = (key: string): string | null => here.get(key) ?? attempt(() => localStorage.getItem(key)) ?? null;

/** Keeps one's choice on this device; where nothing more, or nothing at all, can be kept, it lasts as long as the page. */
export function keep(key: string, value: string): void {
  here.set(key, value);
  attempt(() => {
    localStorage.setItem(key, value);
    here.delete(key);
  });
}

export function forget(key: string): void {
  here.delete(key);
  attempt(() => localStorage.removeItem(key));
}

/** The storage may be full, and a page may be denied it. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
