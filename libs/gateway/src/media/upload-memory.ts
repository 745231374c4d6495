import { DunlinError, type UserId } from '@dunlin/contracts';

const RETRY_MS = 1000;
/** Has room always: less than its connection holds anyway. */
const SMALL_BYTES = 4096;
/** A pace is that of the last two to four seconds. */
const SLOT_MS = 2000;
/** What one that has just begun is taken to have: 256 kB a second. */
const PRESUMED_BYTES_PER_MS = 256;

const busy = (): DunlinError => new DunlinError('busy', { retryAfterMs: RETRY_MS });

/** One upload's share. */
export interface UploadShare {
  /**
   * Counts bytes that have come.
   * @throws DunlinError `busy` when all uploads together hold too many, or others have been given this one's room
   */
  add(bytes: number): void;
  /** @param letGo called when its room is given to others: nothing of it may be held any more */
  onTaken(letGo: (error: DunlinError) => void): void;
  /** All has come: nobody else is given its room from now on. */
  whole(): void;
  /** Gives its bytes back: it is refused, and the rest of it is not kept. */
  giveBack(): void;
  /** It is over: gives everything back. Again does no harm. */
  release(): void;
}

interface Share {
  bytes: number;
  readonly pace: Pace;
  letGo: (error: DunlinError) => void;
}

/** How fast an upload comes, of late. Times are milliseconds of the monotonic clock. */
class Pace {
  private before = 0;
  private current = 0;
  private slotAt: number;

  constructor(private readonly since: number) {
    this.slotAt = since;
  }

  add(bytes: number, now: number): void {
    this.turn(now);
    this.current += bytes;
  }

  /** Bytes a millisecond. */
  at(now: number): number {
    if (now - this.since < SLOT_MS) return PRESUMED_BYTES_PER_MS;
    this.turn(now);
    return (this.before + this.current) / (SLOT_MS + now - this.slotAt);
  }

  private turn(now: number): void {
    const passed = now - this.slotAt;
    if (passed < SLOT_MS) return;
    this.before = passed < 2 * SLOT_MS ? this.current : 0;
    this.current = 0;
    this.slotAt = now - (passed % SLOT_MS);
  }
}

/**
 * Bounds what unfinished uploads hold in memory, all together and by person. When there is no room for what comes, the
 * largest of those gives way that come more slowly: a few that stand still would keep everybody else out.
 */
export class UploadMemory {
  private held = 0;
  private readonly open = new Map<UserId, number>();
  /** Those that are still coming. */
  private readonly coming = new Set<Share>();

  /** @param maxBytes for all uploads together @param perUser how many one person may have under way */
  constructor(
    private readonly maxBytes: number,
    private readonly perUser: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws DunlinError `busy` when the person has too many uploads under way */
  begin(userId: UserId): UploadShare {
    const count = this.open.get(userId) ?? 0;
    if (count >= this.perUser) throw busy();
    this.open.set(userId, count + 1);
    const share: Share = { bytes: 0, pace: new Pace(this.now()), letGo: () => undefined };
    this.coming.add(share);
    let released = false;
    return {
      add: (bytes) => {
        if (!this.coming.has(share)) throw busy();
        this.makeRoom(bytes, share);
        share.bytes += bytes;
        share.pace.add(bytes, this.now());
        this.held += bytes;
      },
      onTaken: (letGo) => (share.letGo = letGo),
      whole: () => void this.coming.delete(share),
      giveBack: () => this.giveBack(share),
      release: () => {
        if (released) return;
        released = true;
        this.giveBack(share);
        const left = (this.open.get(userId) ?? 1) - 1;
        if (left > 0) this.open.set(userId, left);
        else this.open.delete(userId);
      },
    };
  }

  private makeRoom(bytes: number, share: Share): void {
    if (share.bytes + bytes <= SMALL_BYTES) return;
    const now = this.now();
    while (this.held + bytes > this.maxBytes) {
      const other = this.largestSlowerThan(share.pace.at(now), now);
      if (other === undefined) throw busy();
      this.giveBack(other);
      other.letGo(busy());
    }
  }

  /** What is small is in nobody's way, and may be as slow as it likes. */
  private largestSlowerThan(pace: number, now: number): Share | undefined {
    let found: Share | undefined;
    for (const share of this.coming)
      if (share.bytes > (found?.bytes ?? SMALL_BYTES) && share.pace.at(now) < pace) found = share;
    return found;
  }

  private giveBack(share: Share): void {
    this.coming.delete(share);
    this.held -= share.bytes;
    share.bytes = 0;
  }
}
