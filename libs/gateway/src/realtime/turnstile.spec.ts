import { setImmediate } from 'node:timers/promises';
import { Turnstile } from './turnstile.js';

/** What a handshake costs. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

describe('A crowd at the turnstile', () => {
  let turnstile: Turnstile;
  let turns: number;
  let over: boolean;
  beforeEach(() => {
    turnstile = new Turnstile();
    turns = 0;
    over = false;
  });

  const countTurns = async (): Promise<void> => {
    while (!over) {
      await setImmediate();
      turns++;
    }
  };

  /** Each passes, does its work over some promises, and is written down. */
  const crowd = (size: number, ms: number, passed: number[]): Promise<void[]> =>
    Promise.all(
      Array.from({ length: size }, async (_, index) => {
        await turnstile.pass();
        await Promise.resolve();
        work(ms);
        passed.push(index);
      }),
    );

  it('passes in the order of its coming', async () => {
    const passed: number[] = [];
    await crowd(100, 0, passed);
    expect(passed).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('leaves turns of the event loop to those who are in', async () => {
    const counting = countTurns();
    await crowd(40, 2, []);
    over = true;
    await counting;
    // two or three of two milliseconds each fill a slice of four
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it('does not make cheap ones wait for one another', async () => {
    const counting = countTurns();
    await crowd(40, 0, []);
    over = true;
    await counting;
    expect(turns).toBeLessThan(10);
  });
});
