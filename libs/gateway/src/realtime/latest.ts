import { Logger } from '@nestjs/common';

/** How often the last of several news is tried. */
const TRIES = 5;

/** News of which only the last counts: the first is told at once, and what comes within the pause after it as one. */
export class Latest<Value> {
  private readonly logger = new Logger('Latest');
  /** What came in the pause, by key. */
  private readonly later = new Map<string, { value: Value; failures: number } | undefined>();

  /** @param pauseMs milliseconds */
  constructor(
    private readonly pauseMs: number,
    private readonly tell: (value: Value) => Promise<void>,
  ) {}

  /** @throws what `tell` throws, if it is told now */
  async put(key: string, value: Value): Promise<void> {
    if (this.later.has(key)) {
      this.later.set(key, { value, failures: 0 });
      return;
    }
    this.later.set(key, undefined);
    this.pause(key);
    await this.tell(value);
  }

  private pause(key: string): void {
    setTimeout(() => void this.pauseEnds(key), this.pauseMs).unref();
  }

  private async pauseEnds(key: string): Promise<void> {
    const last = this.later.get(key);
    if (last === undefined) {
      this.later.delete(key);
      return;
    }
    this.later.set(key, undefined);
    try {
      await this.tell(last.value);
    } catch (err) {
      const failures = last.failures + 1;
      if (failures === TRIES) this.logger.error({ err }, 'The last of several news was not told');
      else this.later.set(key, this.later.get(key) ?? { value: last.value, failures });
    }
    this.pause(key);
  }
}
