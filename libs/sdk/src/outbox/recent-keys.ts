/** The keys that were added last, and no more of them than this. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly max: number) {}

  add(key: string): void {
    // one that comes again is new again
    this.keys.delete(key);
    this.keys.add(key);
    if (this.keys.size <= this.max) return;
    const [oldest] = this.keys;
    this.keys.delete(oldest as string);
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }
}
