import { DunlinError, type UserId } from '@dunlin/contracts';

const RETRY_MS = 1000;

/** One upload's share. */
export interface UploadShare {
  /** Counts bytes that have come. @throws DunlinError `busy` when all uploads together hold too many */
  add(bytes: number): void;
  /** Gives everything back; again does no harm. */
  release(): void;
}

/** Bounds what unfinished uploads hold in memory, all together and by person. */
export class UploadMemory {
  private held = 0;
  private readonly open = new Map<UserId, number>();

  /** @param maxBytes for all uploads together @param perUser how many one person may have under way */
  constructor(
    private readonly maxBytes: number,
    private readonly perUser: number,
  ) {}

  /** @throws DunlinError `busy` when the person has too many uploads under way */
  begin(userId: UserId): UploadShare {
    const count = this.open.get(userId) ?? 0;
    if (count >= this.perUser) throw new DunlinError('busy', { retryAfterMs: RETRY_MS });
    this.open.set(userId, count + 1);
    let own = 0;
    let released = false;
    return {
      add: (bytes) => {
        if (this.held + bytes > this.maxBytes) throw new DunlinError('busy', { retryAfterMs: RETRY_MS });
        own += bytes;
        this.held += bytes;
      },
      release: () => {
        if (released) return;
        released = true;
        this.held -= own;
        const left = (this.open.get(userId) ?? 1) - 1;
        if (left > 0) this.open.set(userId, left);
        else this.open.delete(userId);
      },
    };
  }
}
