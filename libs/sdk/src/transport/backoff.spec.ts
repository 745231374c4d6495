import { Backoff } from './backoff.js';

describe('Pauses between attempts', () => {
  const draws = (next: () => Backoff, count = 200): number[][] =>
    Array.from({ length: count }, () => {
      const backoff = next();
      return Array.from({ length: 10 }, () => backoff.next());
    });

  it('double up to a bound, and differ from client to client', () => {
    const all = draws(() => new Backoff({ minMs: 100, maxMs: 2000 }));
    for (const pauses of all)
      pauses.forEach((pause, attempt) => {
        const bound = Math.min(2000, 100 * 2 ** attempt);
        expect(pause).toBeGreaterThanOrEqual(bound / 2);
        expect(pause).toBeLessThanOrEqual(bound);
      });
    expect(new Set(all.map(([first]) => first)).size).toBeGreaterThan(190);
  });

  it('are never shorter than what the server asks for', () => {
    const backoff = new Backoff({ minMs: 100, maxMs: 2000 });
    for (let attempt = 0; attempt < 100; attempt++) {
      const pause = backoff.next(5000);
      expect(pause).toBeGreaterThanOrEqual(5000);
      expect(pause).toBeLessThanOrEqual(6000);
    }
  });

  it('begin anew after a success', () => {
    const backoff = new Backoff({ minMs: 100, maxMs: 100_000 });
    for (let attempt = 0; attempt < 8; attempt++) backoff.next();
    backoff.reset();
    expect(backoff.next()).toBeLessThanOrEqual(100);
  });
});
