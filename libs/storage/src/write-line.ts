import { DunlinError } from '@dunlin/contracts';

/** Nothing more is taken once what is next has waited for so long: who waits for an answer waits no longer than 5 s. Milliseconds. */
const FULL_AFTER_MS = 2000;

interface Waiting {
  readonly since: number;
  readonly ended: Promise<void>;
  readonly begin: () => void;
}

/**
 * Transactions that run one after the other. Messages and all else take turns: a message waits for one of the others, however
 * many of them there are.
 */
export class WriteLine {
  private readonly messages: Waiting[] = [];
  private readonly others: Waiting[] = [];
  /** Of the others what goes ahead of them: whoever made a change waits for its end. */
  private readonly ends: Waiting[] = [];
  /** Ends when the next one has begun. */
  private current: Promise<void> | undefined;
  private lastWasMessage = false;

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * @param message whether messages wait for it
   * @param evenIfFull whether it ends what was taken before: it is never too much, and goes ahead of the others
   * @throws DunlinError `busy` when too much of the others waits
   */
  run<T>(work: () => Promise<T>, message: boolean, evenIfFull = false): Promise<T> {
    const line = message ? this.messages : evenIfFull ? this.ends : this.others;
    const next = this.others[0];
    if (line === this.others && next && this.now() - next.since > FULL_AFTER_MS)
      return Promise.reject(new DunlinError('busy', { retryAfterMs: FULL_AFTER_MS / 2 }));
    let begin = (): void => undefined;
    // its turn comes in another one's asynchronous context, the work runs in its own
    const result = new Promise<void>((resolve) => (begin = resolve)).then(work);
    const ended = result.then(nothing, nothing);
    line.push({ since: this.now(), ended, begin });
    if (!this.current) this.next();
    return result;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.current) await this.current;
  }

  private next(): void {
    const others = this.ends.length > 0 ? this.ends : this.others;
    const [first, second] = this.lastWasMessage ? [others, this.messages] : [this.messages, others];
    const line = first.length > 0 ? first : second;
    const waiting = line.shift();
    this.lastWasMessage = line === this.messages;
    this.current = waiting?.ended.then(() => this.next());
    waiting?.begin();
  }
}

const nothing = (): void => undefined;
