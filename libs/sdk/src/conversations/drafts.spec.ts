import { MemoryStorage } from '../storage/memory-storage.js';
import { Drafts } from './drafts.js';

describe('A draft', () => {
  it('is written with its first change, and the last one is not lost', async () => {
    const storage = new MemoryStorage();
    const drafts = new Drafts();
    await drafts.start(storage);
    const kept = (): Promise<unknown> => storage.get('draft:c');
    drafts.set('c', 'H');
    expect(await kept()).toBe('H'); // the page may be gone in the next moment
    drafts.set('c', 'Ha');
    drafts.set('c', 'Half');
    await drafts.flush();
    expect(await kept()).toBe('Half');
    drafts.set('c', '');
    expect(await kept()).toBeUndefined(); // sent: it must not come back
    drafts.stop();
  });

  it('is written again while somebody goes on writing', async () => {
    jest.useFakeTimers();
    const writes: unknown[] = [];
    const storage = new MemoryStorage();
    jest.spyOn(storage, 'set').mockImplementation(async (_key, text) => void writes.push(text));
    const drafts = new Drafts();
    await drafts.start(storage);
    for (const text of ['a', 'ab', 'abc']) drafts.set('c', text);
    jest.advanceTimersByTime(1000);
    drafts.set('c', 'abcd');
    expect(writes).toEqual(['a', 'abc', 'abcd']);
    drafts.stop();
    jest.useRealTimers();
  });
});
