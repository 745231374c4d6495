/** From and to, both included. */
export type Range = readonly [from: number, to: number];

/** Sets of seqs as few ranges: ascending, apart from each other. What is covered is known, also where nothing lies. */
export class Ranges {
  constructor(private ranges: Range[] = []) {}

  get all(): readonly Range[] {
    return this.ranges;
  }

  add(from: number, to: number): void {
    if (to < from) return;
    const apart = this.ranges.filter(([low, high]) => high < from - 1 || low > to + 1);
    for (const [low, high] of this.ranges) {
      if (high < from - 1 || low > to + 1) continue;
      from = Math.min(from, low);
      to = Math.max(to, high);
    }
    this.ranges = [...apart, [from, to] as const].sort((a, b) => a[0] - b[0]);
  }

  /** The range that holds `seq`. */
  around(seq: number): Range | undefined {
    return this.ranges.find(([low, high]) => low <= seq && seq <= high);
  }

  covers(from: number, to: number): boolean {
    if (to < from) return true;
    const range = this.around(from);
    return range !== undefined && range[1] >= to;
  }

  /** Forgets all below `seq`. */
  cut(seq: number): void {
    this.ranges = this.ranges.filter(([, high]) => high >= seq).map(([low, high]) => [Math.max(low, seq), high]);
  }
}
