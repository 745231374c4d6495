import { TokenBuckets } from './token-buckets.js';

const set = (maxKeys?: number) => {
  const time = { now: 5_000 };
  return { time, buckets: new TokenBuckets({ perSecond: 100, burst: 300 }, () => time.now, maxKeys) };
};

describe('A token bucket', () => {
  it('lets a burst pass, then one at a time as it refills, and says when', () => {
    const { time, buckets } = set();
    for (let i = 0; i < 300; i++) expect(buckets.take('ann')).toBe(0);
    expect(buckets.take('ann')).toBe(10);
    time.now += 9;
    expect(buckets.take('ann')).toBe(1);
    time.now += 1;
    expect(buckets.take('ann')).toBe(0);
    expect(buckets.take('ann')).toBe(10);
  });

  it('gives many at a time, all or none', () => {
    const { time, buckets } = set();
    expect(buckets.take('ann', 250)).toBe(0);
    expect(buckets.take('ann', 51)).toBe(10);
    expect(buckets.take('ann', 50)).toBe(0);
    time.now += 20;
    expect(buckets.take('ann', 2)).toBe(0);
  });

  it('lends what is spent already, and says when it is paid back', () => {
    const { time, buckets } = set();
    expect(buckets.charge('ann', 300)).toBe(0);
    expect(buckets.charge('ann', 100)).toBe(1000);
    expect(buckets.take('ann')).toBe(1010);
    // no more than a burst
    expect(buckets.charge('ann', 500)).toBe(3000);
    time.now += 2000;
    expect(buckets.charge('ann', 100)).toBe(2000);
    time.now += 2000;
    expect(buckets.charge('ann', 0)).toBe(0);
  });

  it('sustains its rate over any time', () => {
    const { time, buckets } = set();
    let passed = 0;
    for (let ms = 0; ms < 60_000; ms++, time.now++) for (let i = 0; i < 2; i++) if (buckets.take('ann') === 0) passed++;
    expect(passed).toBeGreaterThanOrEqual(6_200);
    expect(passed).toBeLessThanOrEqual(6_300);
  });

  it('is one per key', () => {
    const { buckets } = set();
    for (let i = 0; i < 300; i++) buckets.take('ann');
    expect(buckets.take('ann')).toBeGreaterThan(0);
    expect(buckets.take('bob')).toBe(0);
  });

  it('gives nothing away when the clock is set back', () => {
    const { time, buckets } = set();
    for (let i = 0; i < 300; i++) buckets.take('ann');
    time.now -= 60_000;
    expect(buckets.take('ann')).toBeGreaterThan(0);
  });

  it('remembers no more keys than twice its bound, and none that are full again', () => {
    const { time, buckets } = set(1000);
    for (let i = 0; i < 50_000; i++) buckets.take(`user${i}`);
    expect(buckets.size).toBeLessThanOrEqual(2000);
    time.now += 6_000;
    buckets.take('ann');
    time.now += 6_000;
    buckets.take('ann');
    expect(buckets.size).toBe(1);
  });
});
