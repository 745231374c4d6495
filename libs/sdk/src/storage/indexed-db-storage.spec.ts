import 'fake-indexeddb/auto';
import { IndexedDbStorage } from './indexed-db-storage.js';
import { StorageArea } from './storage.js';

// TypeScript's `dom` library is not loaded here
const { prototype: stores } = (globalThis as unknown as { IDBObjectStore: { prototype: Stores } }).IDBObjectStore;
type Stores = Record<'get' | 'getAll', (this: unknown, query: unknown) => object>;

describe('A database with a value that the browser cannot read', () => {
  const unreadable = new DOMException('Failed to read large IndexedDB value', 'DataError');
  const isBad = (query: unknown): boolean => String(query).startsWith('account:ann:outbox:large');
  const failed = (): object => {
    const request = { error: unreadable, onerror: (): void => undefined };
    queueMicrotask(() => request.onerror());
    return request;
  };

  beforeEach(() => {
    const { get } = stores;
    jest.spyOn(stores, 'getAll').mockImplementation(failed);
    jest.spyOn(stores, 'get').mockImplementation(function (this: unknown, query) {
      return isBad(query) ? failed() : get.call(this, query);
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  it('gives all others, and rids itself of that one with them', async () => {
    const storage = new IndexedDbStorage('unreadable');
    for (const name of ['a', 'large', 'z']) await storage.set(`account:ann:outbox:${name}`, name);
    const area = new StorageArea(storage, 'account:ann:');
    expect(await area.entries('outbox:')).toEqual([
      ['outbox:a', 'a'],
      ['outbox:z', 'z'],
    ]);
    await area.clear();
    expect(await storage.keys('')).toEqual([]);
  });
});
