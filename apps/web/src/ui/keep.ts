/** Keeps one's choice on this device; where nothing more can be kept, it lasts as long as the page. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the storage is full
  }
}
