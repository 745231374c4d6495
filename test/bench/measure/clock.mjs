/**
 * Milliseconds since `origin` (a value of process.hrtime.bigint(), which on Linux, macOS and Windows is the machine's
 * monotonic clock and so the same in every process). `performance.now()` is read since it is cheaper than a bigint.
 */
export function sharedClock(origin) {
  let offset;
  let narrowest = Infinity;
  // the pair that was read closest together says how far the two clocks are apart
  for (let i = 0; i < 20; i++) {
    const before = performance.now();
    const now = process.hrtime.bigint();
    const after = performance.now();
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    offset = Number(now - origin) / 1e6 - (before + after) / 2;
  }
  return () => performance.now() + offset;
}
