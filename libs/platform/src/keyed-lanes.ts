const done = (): void => undefined;

/** Work with the same key runs one after the other, in the order it came; other work runs beside it. */
export class KeyedLanes {
  private readonly tails = new Map<string, Promise<void>>();

  /** Starts `work` at once when its lane is free. @throws what `work` throws; the lane goes on */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const result = before ? before.then(work) : work();
    const tail = result.then(done, done);
    this.tails.set(key, tail);
    void tail.then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    });
    return result;
  }
}
