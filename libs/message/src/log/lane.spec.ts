import { Lane } from './lane.js';

describe('A lane', () => {
  it('writes what queued up behind a running batch as the next one, in order', async () => {
    const batches: number[][] = [];
    let finish: () => void = () => undefined;
    const lane = new Lane<number>(async (batch) => {
      batches.push(batch);
      if (batches.length === 1) await new Promise<void>((resolve) => (finish = resolve));
    });
    lane.push(1);
    await new Promise((resolve) => setImmediate(resolve));
    [2, 3, 4].forEach((n) => lane.push(n));
    finish();
    await lane.drained();
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('takes no more than its batch at once and refuses past its bound with busy', async () => {
    const batches: number[] = [];
    const lane = new Lane<number>(async (batch) => void batches.push(batch.length), 4, 10);
    for (let i = 0; i < 10; i++) lane.push(i);
    expect(() => lane.push(10)).toThrow(expect.objectContaining({ code: 'busy' }) as Error);
    await lane.drained();
    expect(batches).toEqual([4, 4, 2]);
  });
});
