type Listener<T> = (payload: T) => void;

/** Typed events. A listener that throws is reported and keeps nobody else from hearing. */
export class Emitter<Events extends object> {
  private readonly listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** @returns a function that ends the subscription */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    // each is one of its own, though the function is the same
    const own: Listener<never> = (payload) => listener(payload);
    set.add(own);
    return () => void set.delete(own);
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<Events[E]>)(payload);
      } catch (error) {
        reportLater(error);
      }
    }
  }
}

/** As an uncaught error of the listener's own, which is what it is. */
export function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
