import { silentChannel, type Channel } from '../platform/channel.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import { Drafts } from './drafts.js';

describe('A draft', () => {
  it('is written with its first change, and the last one is not lost', async () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts();
    await drafts.start(storage, silentChannel, 'ann');
    const kept = (): Promise<unknown> => storage.get('draft:c');
    drafts.set('c', 'H');
    expect(await kept()).toBe('H'); // the page may be gone in the next moment
    drafts.set('c', 'Ha');
    drafts.set('c', 'Half');
    await drafts.flush();
    expect(await kept()).toBe('Half');
    drafts.set('c', '');
    expect(await kept()).toBeUndefined(); // sent: it must not come back
    await drafts.stop();
  });

  it('goes with its conversation, and no other does; another tab may still show it', async () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts();
    const told: unknown[] = [];
    await drafts.start(storage, { ...silentChannel, post: (news) => void told.push(news) }, 'ann');
    drafts.set('kept', 'Half');
    drafts.set('left', 'Bye');
    drafts.drop('left');
    await drafts.flush();
    expect(told).not.toContainEqual(expect.objectContaining({ id: 'left', text: '' }));
    expect(drafts.of('left').getSnapshot()).toBe('');
    expect(await storage.entries('draft:')).toEqual([['draft:kept', 'Half']]);
    drafts.drop('kept');
    expect(drafts.any).toBe(false);
    await drafts.stop();
  });

  it('is written again while somebody goes on writing', async () => {
    jest.useFakeTimers();
    const writes: unknown[] = [];
    const storage = new MemoryStorage();
    jest.spyOn(storage, 'set').mockImplementation(async (_key, text) => void writes.push(text));
    const drafts = new Drafts();
    await drafts.start(storage, silentChannel, 'ann');
    for (const text of ['a', 'ab', 'abc']) drafts.set('c', text);
    jest.advanceTimersByTime(1000);
    drafts.set('c', 'abcd');
    expect(writes).toEqual(['a', 'abc', 'abcd']);
    await drafts.stop();
    jest.useRealTimers();
  });

  it('that is being written is written before the drafts have stopped, so that a sign-out finds and removes it', async () => {
    const storage = new MemoryStorage();
    let write = (): void => undefined;
    jest.spyOn(storage, 'set').mockImplementation(() => new Promise((resolve) => (write = resolve)));
    const drafts = new Drafts();
    await drafts.start(storage, silentChannel, 'ann');
    drafts.set('c', 'secret');
    let over = false;
    const stopped = drafts.stop().then(() => (over = true));
    expect(drafts.of('c').getSnapshot()).toBe('');
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    write();
    await stopped;
  });

  it('of somebody who signs out before it was read is not there for the next one', async () => {
    const storage = new MemoryStorage();
    await storage.set('draft:c', 'dear diary');
    const drafts = new Drafts();
    const started = drafts.start(storage, silentChannel, 'ann');
    await drafts.stop();
    await started;
    expect(drafts.any).toBe(false);
    const next = new MemoryStorage();
    await drafts.start(next, silentChannel, 'ben');
    expect(drafts.of('c').getSnapshot()).toBe('');
    expect(await next.entries('')).toEqual([]);
    await drafts.stop();
  });

  describe('in two tabs', () => {
    const storage = new MemoryStorage();
    const ears: ((news: unknown) => void)[] = [];
    const tab = async (user = 'ann'): Promise<Drafts> => {
      const own: ((news: unknown) => void)[] = [];
      const channel: Channel = {
        ...silentChannel,
        post: (news) => ears.forEach((hear) => own.includes(hear) || hear(news)),
        listen: (hear) => {
          ears.push(hear);
          own.push(hear);
          return () => void ears.splice(ears.indexOf(hear), 1);
        },
      };
      const drafts = new Drafts();
      await drafts.start(storage, channel, user);
      return drafts;
    };
    const text = (drafts: Drafts): string => drafts.of('c').getSnapshot();
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('is the same in both, and gone from both when it is sent', async () => {
      const [first, second, other] = [await tab(), await tab(), await tab('ben')];
      first.set('c', 'half');
      expect(text(second)).toBe('half');
      jest.advanceTimersByTime(100);
      first.set('c', 'half a thought');
      jest.advanceTimersByTime(300);
      expect(text(second)).toBe('half a thought');
      expect(text(other)).toBe('');
      first.set('c', '');
      expect(text(second)).toBe('');
      for (const drafts of [first, second, other]) await drafts.stop();
    });

    it('is gone from the other, too, when it was changed twice in a moment', async () => {
      const [first, second] = [await tab(), await tab()];
      first.set('c', 'k');
      first.set('c', '');
      expect(text(second)).toBe('');
      for (const drafts of [first, second]) await drafts.stop();
    });

    it('is not replaced by what was written before it', async () => {
      const [first, second] = [await tab(), await tab()];
      first.set('c', 'o');
      jest.advanceTimersByTime(10);
      first.set('c', 'older'); // told when its pause has passed
      jest.advanceTimersByTime(10);
      second.set('c', 'newer');
      jest.advanceTimersByTime(600);
      expect([text(first), text(second), await storage.get('draft:c')]).toEqual(['newer', 'newer', 'newer']);
      for (const drafts of [first, second]) await drafts.stop();
    });
  });
});
