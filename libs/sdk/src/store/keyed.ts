import { Computed, type Observable } from './observable.js';

/** One observable for each key, made when somebody asks for it. */
export class Keyed<T> {
  private readonly byKey = new Map<string, Computed<T>>();

  constructor(private readonly compute: (key: string, previous: T | undefined) => T) {}

  of(key: string): Observable<T> {
    const known = this.byKey.get(key);
    if (known) return known;
    const made = new Computed<T>((previous) => this.compute(key, previous));
    this.byKey.set(key, made);
    return made;
  }

  invalidate(key: string): void {
    this.byKey.get(key)?.invalidate();
  }

  invalidateAll(): void {
    for (const one of this.byKey.values()) one.invalidate();
  }
}
