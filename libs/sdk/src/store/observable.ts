import { reportLater } from '../events/emitter.js';

/** What any UI library can bind to; the two functions may be passed on without their object (`useSyncExternalStore`). */
export interface Observable<T> {
  /** The same reference until something in it changes. */
  readonly getSnapshot: () => T;
  /** Calls back after every change. @returns a function that ends the subscription */
  readonly subscribe: (onChange: () => void) => () => void;
}

/** An {@link Observable} whose owner says what it holds. */
export class Value<T> implements Observable<T> {
  private readonly subscribers = new Set<() => void>();

  constructor(private value: T) {}

  readonly getSnapshot = (): T => this.value;

  readonly subscribe = (onChange: () => void): (() => void) => {
    const own = (): void => onChange();
    this.subscribers.add(own);
    return () => void this.subscribers.delete(own);
  };

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    this.notify();
  }

  private notify(): void {
    for (const subscriber of [...this.subscribers]) {
      try {
        subscriber();
      } catch (error) {
        reportLater(error);
      }
    }
  }
}

/** An {@link Observable} that is computed when somebody looks after a change was noted. */
export class Computed<T> implements Observable<T> {
  private readonly version: Value<number>;
  private computedAt = -1;
  private value: T | undefined;

  /** @param compute gets the previous value, to return it when nothing has changed */
  constructor(private readonly compute: (previous: T | undefined) => T) {
    this.version = new Value(0);
    this.subscribe = this.version.subscribe;
  }

  readonly subscribe: (onChange: () => void) => () => void;

  readonly getSnapshot = (): T => {
    const now = this.version.getSnapshot();
    if (this.computedAt !== now) {
      this.value = this.compute(this.value);
      this.computedAt = now;
    }
    return this.value as T;
  };

  /** Something that it is computed from has changed. */
  invalidate(): void {
    this.version.set(this.version.getSnapshot() + 1);
  }
}
