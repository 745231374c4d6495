import { Injectable } from '@nestjs/common';
import { DunlinError } from '@dunlin/contracts';

/** Counts the sends that were taken and not answered yet, so that a process that ends can answer them first. */
@Injectable()
export class OpenSends {
  private count = 0;
  private closing = false;
  private answered: () => void = () => undefined;

  /**
   * Every `enter` needs its `leave`.
   * @throws DunlinError `unavailable` when the process ends
   */
  enter(): void {
    if (this.closing) throw new DunlinError('unavailable');
    this.count++;
  }

  leave(): void {
    if (--this.count === 0) this.answered();
  }

  /** Takes no more. @returns when all are answered, after `limitMs` at the latest */
  async close(limitMs: number): Promise<void> {
    this.closing = true;
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.answered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
