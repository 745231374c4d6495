/**
 * A map of bounded weight that lets go of what was not asked for the longest, and of what is too old.
 * Every operation is O(1), apart from what it lets go of.
 */
export class Lru<K, V> {
  private readonly entries = new Map<K, { value: V; weight: number; expiresAt: number }>();
  private total = 0;

  /** @param max the sum of weights that is kept @param now milliseconds */
  constructor(
    private readonly max: number,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= this.now()) {
      this.delete(key);
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** @param ttlMs milliseconds, from now */
  set(key: K, value: V, ttlMs: number, weight = 1): void {
    this.insert(key, value, this.now() + ttlMs, weight);
  }

  /** A new value for a key that is there; it grows no younger. */
  replace(key: K, value: V, weight = 1): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) this.insert(key, value, entry.expiresAt, weight);
  }

  delete(key: K): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined) return false;
    this.total -= entry.weight;
    return this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
    this.total = 0;
  }

  private insert(key: K, value: V, expiresAt: number, weight: number): void {
    this.delete(key);
    this.entries.set(key, { value, weight, expiresAt });
    this.total += weight;
    for (const oldest of this.entries.keys()) {
      if (this.total <= this.max) return;
      this.delete(oldest);
    }
  }
}
