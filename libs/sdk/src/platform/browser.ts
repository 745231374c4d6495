/**
 * What is used of the browser, and absent in Node. Declared here rather than by TypeScript's `dom` library, so that the
 * declarations compile wherever the package is used.
 */
export interface XhrLike {
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  ontimeout: (() => void) | null;
  onabort: (() => void) | null;
  timeout: number;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: FormData): void;
  abort(): void;
}

export interface LockManagerLike {
  request<T>(
    name: string,
    options: { signal?: AbortSignal; ifAvailable?: boolean },
    work: (lock: unknown) => Promise<T>,
  ): Promise<T>;
}

interface EventTargetLike {
  addEventListener(event: string, listener: () => void): void;
  removeEventListener(event: string, listener: () => void): void;
}

interface BrowserGlobals {
  readonly XMLHttpRequest?: new () => XhrLike;
  readonly navigator?: { readonly locks?: LockManagerLike; readonly onLine?: boolean };
  readonly document?: EventTargetLike & { readonly visibilityState: string };
  readonly window?: EventTargetLike;
  readonly sessionStorage?: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
}

export const browser = globalThis as unknown as BrowserGlobals;
