import type { Storage } from './storage.js';

/** Forgets everything with the process. */
export class MemoryStorage implements Storage {
  private readonly values = new Map<string, unknown>();

  async get<T>(key: string): Promise<T | undefined> {
    return structuredClone(this.values.get(key)) as T | undefined;
  }
  async set(key: string, value: unknown): Promise<void> {
    this.values.set(key, structuredClone(value));
  }
  async delete(key: string): Promise<void> {
    this.values.delete(key);
  }
  async entries<T>(prefix: string): Promise<[string, T][]> {
    const found = [...this.values].filter(([key]) => key.startsWith(prefix));
    return structuredClone(found) as [string, T][];
  }
}
