import { DunlinError } from '@dunlin/contracts';

/** Nothing more is taken once what is next has waited for so long: who waits for an answer waits no longer than 5 s. Milliseconds. */
const FULL_AFTER_MS = 2000;

/**
 * Where a transaction waits. `messages`: what the senders of messages wait for, and what must not be refused; `ends`: what
 * ends a change that is made, ahead of the others and never refused; `others`: all else.
 */
export type Place = 'messages' | 'ends' | 'others';

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
  private readonly waiting: Record<Place, Waiting[]> = { messages: [], ends: [], others: [] };
  /** Ends when the next one has begun. */
  private current: Promise<void> | undefined;
  private lastWasMessage = false;

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @throws DunlinError `busy` when too much of the others waits */
  run<T>(work: () => Promise<T>, place: Place = 'others'): Promise<T> {
    const [next] = this.waiting.others;
    if (place === 'others' && next && this.now() - next.since > FULL_AFTER_MS)
      return Promise.reject(new DunlinError('busy', { retryAfterMs: FULL_AFTER_MS / 2 }));
    let begin = (): void => undefined;
    // its turn comes in another one's asynchronous context, the work runs in its own
    const result = new Promise<void>((resolve) => (begin = resolve)).then(work);
    const ended = result.then(nothing, nothing);
    this.waiting[place].push({ since: this.now(), ended, begin });
    if (!this.current) this.next();
    return result;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.current) await this.current;
  }

  private next(): void {
    const { messages, ends } = this.waiting;
    const others = ends.length > 0 ? ends : this.waiting.others;
    const [first, second] = this.lastWasMessage ? [others, messages] : [messages, others];
    const line = first.length > 0 ? first : second;
    const waiting = line.shift();
    this.lastWasMessage = line === messages;
    this.current = waiting?.ended.then(() => this.next());
    waiting?.begin();
  }
}

const nothing = (): void => undefined;
