import { setImmediate } from 'node:timers/promises';
import { Lane } from './lane.js';

const nothing = async (): Promise<void> => undefined;

const weightless = (): number => 0;

/** Resolved from outside. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

/** Lets everything that can go on do so. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate();
}

describe('A lane', () => {
  it('writes what queued up behind a running batch as the next one, in order', async () => {
    const batches: number[][] = [];
    const first = gate();
    const lane = new Lane<number>(async (batch) => {
      batches.push(batch);
      if (batches.length === 1) await first.passed;
      return nothing;
    }, weightless);
    lane.push(1);
    await setImmediate();
    [2, 3, 4].forEach((n) => lane.push(n));
    first.open();
    await lane.drained();
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('takes no more than its batch at once and refuses past its bound with busy', async () => {
    const batches: number[] = [];
    const write = async (batch: number[]): Promise<() => Promise<void>> => {
      batches.push(batch.length);
      return nothing;
    };
    const lane = new Lane<number>(write, weightless, 4, 10);
    for (let i = 0; i < 10; i++) lane.push(i);
    expect(() => lane.push(10)).toThrow(expect.objectContaining({ code: 'busy' }) as Error);
    await lane.drained();
    expect(batches).toEqual([4, 4, 2]);
  });

  it('takes no more than a statement holds, and at least one', async () => {
    const MIB = 1024 * 1024;
    const batches: number[][] = [];
    const lane = new Lane<number>(
      async (batch) => {
        batches.push(batch);
        return nothing;
      },
      (weight) => weight,
    );
    for (const weight of [MIB, MIB, 1, 3 * MIB, MIB]) lane.push(weight);
    await lane.drained();
    expect(batches).toEqual([[MIB, MIB], [1], [3 * MIB], [MIB]]);
  });

  it('writes the next batch while it tells of one, and tells in order, one batch behind at most', async () => {
    const seen: string[] = [];
    const tellings = new Map([1, 2, 3].map((n) => [n, gate()]));
    const lane = new Lane<number>(
      async ([n = 0]) => {
        seen.push(`write ${n}`);
        return async () => {
          await tellings.get(n)?.passed;
          seen.push(`tell ${n}`);
        };
      },
      weightless,
      1,
    );
    [1, 2, 3].forEach((n) => lane.push(n));
    await quiet();
    expect(seen).toEqual(['write 1', 'write 2']);
    tellings.get(2)?.open();
    await quiet();
    expect(seen).toEqual(['write 1', 'write 2']);
    tellings.get(1)?.open();
    await quiet();
    expect(seen).toEqual(['write 1', 'write 2', 'tell 1', 'write 3', 'tell 2']);
    tellings.get(3)?.open();
    await lane.drained();
    expect(seen.at(-1)).toBe('tell 3');
  });

  it('tells of the last batch before it counts as drained, and starts again after that', async () => {
    const told: number[] = [];
    const lane = new Lane<number>(
      async ([n = 0]) =>
        async () =>
          void told.push(n),
      weightless,
    );
    lane.push(1);
    await lane.drained();
    lane.push(2);
    await lane.drained();
    expect(told).toEqual([1, 2]);
  });
});
