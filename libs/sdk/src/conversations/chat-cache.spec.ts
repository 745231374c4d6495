import { MemoryStorage } from '../storage/memory-storage.js';
import { ChatCache } from './chat-cache.js';
import type { Chat } from './chat.js';

const chat = (id: string): Chat => ({ id, toCache: () => ({ id }) }) as unknown as Chat;

describe('The cache of conversations', () => {
  it('writes nothing more once it is closed, since another tab may be wiping it', async () => {
    const storage = new MemoryStorage();
    const cache = new ChatCache(storage, 100);
    for (const id of ['a', 'b', 'c']) cache.save(chat(id));
    cache.listed();
    let closed: Promise<void> | undefined;
    const { set } = storage;
    jest.spyOn(storage, 'set').mockImplementation((key, value) => {
      closed ??= cache.close();
      return set.call(storage, key, value);
    });
    await cache.flush();
    await closed;
    expect((await storage.entries('')).map(([key]) => key)).toEqual(['chat:a']);
  });
});
