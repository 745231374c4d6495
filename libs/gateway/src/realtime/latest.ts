import { Logger } from '@nestjs/common';

/** News of which only the last counts: the first is told at once, and what comes within the pause after it as one. */
export class Latest<Value> {
  private readonly logger = new Logger('Latest');
  /** What came in the pause, by key. */
  private readonly later = new Map<string, Value | undefined>();

  /** @param pauseMs milliseconds */
  constructor(
    private readonly pauseMs: number,
    private readonly tell: (value: Value) => Promise<void>,
  ) {}

  /** @throws what `tell` throws, if it is told now */
  async put(key: string, value: Value): Promise<void> {
    if (this.later.has(key)) {
      this.later.set(key, value);
      return;
    }
    this.later.set(key, undefined);
    setTimeout(() => this.pauseEnds(key), this.pauseMs).unref();
    await this.tell(value);
  }

  private pauseEnds(key: string): void {
    const value = this.later.get(key);
    this.later.delete(key);
    if (value === undefined) return;
    this.put(key, value).catch((err: unknown) => this.logger.error({ err }, 'The last of several news was not told'));
  }
}
