import { Backoff, type BackoffOptions } from '../transport/backoff.js';

type Timer = ReturnType<typeof setTimeout>;

/** When a lane is worked on: once at a time, again if there was news meanwhile, and not before a pause has ended. */
export class LaneRunner {
  private readonly backoff: Backoff;
  private working = false;
  /** There was news while it was worked on. */
  private again = false;
  private pausing: Timer | undefined;
  private looking: Timer | undefined;

  /** @param work does what can be done now */
  constructor(
    private readonly work: () => Promise<void>,
    backoff: BackoffOptions,
  ) {
    this.backoff = new Backoff(backoff);
  }

  get running(): boolean {
    return this.working;
  }

  /** There may be something to do. */
  wake(): void {
    if (this.pausing !== undefined) return;
    if (this.working) this.again = true;
    else void this.run();
  }

  /** Nothing is done for a while, longer after each failure. @param retryAfterMs at least so long */
  pause(retryAfterMs?: number): void {
    this.pausing = setTimeout(() => {
      this.endPause();
      this.wake();
    }, this.backoff.next(retryAfterMs));
  }

  /** Whatever was waited for. */
  endPause(): void {
    clearTimeout(this.pausing);
    this.pausing = undefined;
  }

  /** It went well: the next pause is short again. */
  succeeded(): void {
    this.backoff.reset();
  }

  /** It is looked at again after `ms`, or when {@link lookNow} is called before. */
  lookLater(ms: number): void {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.lookNow(), ms);
  }

  /** What it was to be looked at for may have changed; does nothing otherwise. */
  lookNow(): void {
    if (this.looking === undefined) return;
    clearTimeout(this.looking);
    this.looking = undefined;
    this.wake();
  }

  close(): void {
    clearTimeout(this.pausing);
    clearTimeout(this.looking);
    this.looking = undefined;
  }

  private async run(): Promise<void> {
    this.working = true;
    try {
      await this.work();
    } finally {
      this.working = false;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    }
  }
}
