export declare function waitUntil<T>(
  condition: () => Promise<T> | T,
  options: { what: string; timeoutMs: number; intervalMs?: number; signal?: AbortSignal },
): Promise<T>;
