import { DunlinError } from '@dunlin/contracts';
import { WriteWatch } from './write-watch.js';

describe('The watch over writes', () => {
  let now: number;
  let watch: WriteWatch;
  const attempts = jest.fn<Promise<unknown>, []>();
  beforeEach(() => {
    now = 0;
    watch = new WriteWatch(() => now);
    attempts.mockReset().mockResolvedValue(null);
  });

  const isGoing = (): boolean => {
    try {
      watch.assertGoing(attempts);
      return true;
    } catch {
      return false;
    }
  };
  const taking = (ms: number, error?: unknown): Promise<unknown> =>
    watch
      .over(async () => {
        now += ms;
        if (error) throw error;
      })
      .catch(() => undefined);
  const failure = (code: string): DunlinError =>
    new DunlinError('unavailable', { cause: Object.assign(new Error(), { code }) });
  const locked = failure('SQLITE_BUSY');

  it('says nothing while transactions get through, or are refused for what they are', async () => {
    await taking(1000);
    await taking(1000, new DunlinError('conflict'));
    now += 60_000;
    expect(isGoing()).toBe(true);
    expect(attempts).not.toHaveBeenCalled();
  });

  it('speaks up while one does not end', async () => {
    let end = (): void => undefined;
    const transaction = watch.over(() => new Promise<void>((resolve) => (end = resolve)));
    now += 2999;
    expect(isGoing()).toBe(true);
    now += 1;
    expect(isGoing()).toBe(false);
    end();
    await transaction;
    expect(isGoing()).toBe(true);
    // there was one to learn it from
    expect(attempts).not.toHaveBeenCalled();
  });

  it.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY'])(
    'speaks up when nothing is stored: %s',
    async (code) => {
      await taking(10, failure(code));
      expect(isGoing()).toBe(true);
      await taking(3000, failure(code));
      expect(isGoing()).toBe(false);
      await taking(10);
      expect(isGoing()).toBe(true);
    },
  );

  it('counts from the first that failed at the lock, and tries by itself when nobody writes any more', async () => {
    await taking(1000, locked);
    await taking(1000, new DunlinError('conflict'));
    expect(isGoing()).toBe(true);
    now += 1000;
    attempts.mockImplementation(() => watch.over(() => Promise.reject(locked)));
    expect(isGoing()).toBe(false);
    await new Promise(setImmediate);
    attempts.mockImplementation(() => watch.over(() => Promise.resolve()));
    expect(isGoing()).toBe(false);
    await new Promise(setImmediate);
    expect(isGoing()).toBe(true);
    expect(attempts).toHaveBeenCalledTimes(2);
  });
});
