import { DunlinError } from '../errors/dunlin-error.js';
import { silentChannel } from '../platform/channel.js';
import { ProcessLocks } from '../platform/locks.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import { OutboxWorld } from '../testing/outbox-world.js';
import { OutboxStore } from './outbox-store.js';
import type { OutboxEntry } from './outbox-entry.js';
import { Outbox } from './outbox.js';
import { Ownership } from './ownership.js';

describe('The outbox', () => {
  let world: OutboxWorld;
  let storage: MemoryStorage;
  let locks: ProcessLocks;
  const open: Outbox[] = [];

  const outbox = async (): Promise<Outbox> => {
    const made = new Outbox(new OutboxStore(storage), new Ownership('ann', locks, silentChannel), world, {
      minMs: 1000,
      maxMs: 1000,
    });
    open.push(made);
    await made.start();
    return made;
  };
  const write = (box: Outbox, text: string, lane = 'lane'): string => {
    const clientMsgId = `${lane}-${text}`;
    box.add({ clientMsgId, target: { conversationId: lane }, type: 'text', text });
    return clientMsgId;
  };
  /** What a client that is no longer there would have sent. */
  const leftBy = async (text: string): Promise<OutboxEntry> => {
    const up = world.up;
    world.up = false;
    const box = await outbox();
    const entry = box.get(write(box, text)) as OutboxEntry;
    box.close();
    await settle();
    world.up = up;
    return entry;
  };
  /** Everything that can happen without time passing. */
  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0).then(() => undefined);

  beforeEach(() => {
    jest.useFakeTimers();
    world = new OutboxWorld();
    storage = new MemoryStorage();
    locks = new ProcessLocks();
  });
  afterEach(() => {
    for (const box of open.splice(0)) box.close();
    jest.useRealTimers();
  });

  it('has one message of a conversation on its way at a time, and conversations side by side', async () => {
    const waiting: (() => void)[] = [];
    world.answer = () => new Promise((resolve) => waiting.push(resolve));
    const box = await outbox();
    for (const text of ['one', 'two']) write(box, text, 'a');
    write(box, 'three', 'b');
    await settle();
    expect(world.sent).toEqual(['one', 'three']);
    waiting.forEach((answer) => answer());
    await settle();
    expect(world.sent).toEqual(['one', 'three', 'two']);
  });

  it('sends what is written now though what was left cannot be read, and that when it can', async () => {
    await new OutboxStore(storage).save({ ...(await leftBy('gone')), owner: 'gone' });
    const unreadable = jest
      .spyOn(storage, 'entries')
      .mockRejectedValue(new Error('Failed to read large IndexedDB value'));
    const box = await outbox();
    write(box, 'now');
    await settle();
    expect(world.sent).toEqual(['now']);
    unreadable.mockRestore();
    await jest.advanceTimersByTimeAsync(30_000);
    expect(world.sent).toEqual(['now', 'gone']);
    expect(box.all).toEqual([]);
  });

  it('does not let a message overtake one that the server is too busy for', async () => {
    let busy = true;
    world.answer = () => (busy ? Promise.reject(new DunlinError('busy', { retryAfterMs: 5000 })) : Promise.resolve());
    const box = await outbox();
    for (const text of ['one', 'two']) write(box, text);
    await settle();
    busy = false;
    await jest.advanceTimersByTimeAsync(4900);
    expect(world.sent).toEqual(['one']); // not before the server has said
    await jest.advanceTimersByTimeAsync(1200);
    expect(world.sent).toEqual(['one', 'one', 'two']);
  });

  it('goes on behind a message that is refused, and sends that again when told to', async () => {
    let refuse = true;
    world.answer = (text) => (refuse && text === 'one' ? Promise.reject(new DunlinError('muted')) : Promise.resolve());
    const box = await outbox();
    const key = write(box, 'one');
    write(box, 'two');
    await settle();
    expect(world.failures).toEqual([[key, 'muted']]);
    expect(box.of('lane').map(({ status }) => status)).toEqual(['failed']);
    refuse = false;
    await box.retry(key);
    await settle();
    expect(world.sent).toEqual(['one', 'two', 'one']);
    expect(box.all).toEqual([]);
  });

  it('writes down with a failure where the message stands: at the end of that moment, each time it fails', async () => {
    world.answer = () => Promise.reject(new DunlinError('muted'));
    world.newest = 7;
    const box = await outbox();
    const key = write(box, 'one');
    const kept = () => new OutboxStore(storage).get(key);
    await settle();
    expect(await kept()).toMatchObject({ status: 'failed', failedAfter: 7 });
    world.newest = 9;
    world.up = false;
    await box.retry(key);
    await settle();
    expect(await kept()).not.toHaveProperty('failedAfter');
    world.up = true;
    box.wake();
    await settle();
    expect(await kept()).toMatchObject({ status: 'failed', failedAfter: 9 });
  });

  it('leaves nothing behind of a conversation that is not there, or no longer: nobody could find it', async () => {
    world.answer = () => Promise.reject(new DunlinError('not_found'));
    const box = await outbox();
    const refused = write(box, 'one');
    await settle();
    world.up = false;
    const waiting = write(box, 'two');
    box.drop('lane');
    expect(world.failures).toEqual([
      [refused, 'not_found'],
      [waiting, 'not_found'],
    ]);
    expect(box.all).toEqual([]);
    await settle();
    expect(await storage.entries('outbox:')).toEqual([]);
  });

  it('gives up on a message that the server breaks at every time, so that the others get through', async () => {
    world.answer = (text) => (text === 'cursed' ? Promise.reject(new DunlinError('internal')) : Promise.resolve());
    const box = await outbox();
    const key = write(box, 'cursed');
    write(box, 'fine');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(world.failures).toEqual([[key, 'internal']]);
    expect(world.sent.at(-1)).toBe('fine');
  });

  it('gives up on a file that was moved or changed after it was chosen, so that the others get through', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('NotReadableError'));
    const blob = { slice: () => blob, arrayBuffer: gone } as unknown as Blob;
    const box = await outbox();
    const file = { type: 'file', name: 'plan.csv', mime: 'text/csv', size: 8, blob } as const;
    box.add({ clientMsgId: 'plan', target: { conversationId: 'lane' }, ...file });
    write(box, 'fine');
    await settle();
    expect(world.failures).toEqual([['plan', 'not_found']]);
    expect(world.sent).toEqual(['fine']);
  });

  it('waits for the connection without trying, and sends at once when it is there', async () => {
    world.up = false;
    const box = await outbox();
    write(box, 'one');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(world.sent).toEqual([]);
    world.up = true;
    box.wake();
    await settle();
    expect(world.sent).toEqual(['one']);
  });

  it('keeps an answer that got lost as unsent, under the same key, over a restart', async () => {
    world.answer = () => {
      world.up = false;
      return Promise.reject(new DunlinError('network'));
    };
    const first = await outbox();
    const key = write(first, 'one');
    write(first, 'two');
    await settle();
    await expect(first.discard(key)).rejects.toMatchObject({ code: 'conflict' }); // it may have been stored
    expect(first.all.map((entry) => first.stateOf(entry).discardable)).toEqual([false, true]);
    first.close();

    world.answer = () => Promise.resolve();
    world.up = true;
    const second = await outbox();
    write(second, 'three');
    await settle();
    expect(world.sent).toEqual(['one', 'one', 'two', 'three']);
    expect(world.storedKeys[0]).toBe(key);
    expect(await storage.entries('outbox:')).toEqual([]);
  });

  it('sends what the storage has no room for, and knows until then what would be lost', async () => {
    world.up = false;
    const box = await outbox();
    const kept = write(box, 'one');
    await settle();
    expect(box.unwritten).toBe(0);
    const full = jest.spyOn(storage, 'set').mockRejectedValue(new Error('QuotaExceededError'));
    write(box, 'two');
    write(box, 'three', 'other');
    await settle();
    expect(box.unwritten).toBe(2);
    world.answer = (text) => (text === 'two' ? Promise.reject(new DunlinError('muted')) : Promise.resolve());
    world.up = true;
    box.wake();
    await settle();
    expect(world.sent.sort()).toEqual(['one', 'three', 'two']);
    expect(world.storedKeys).toContain(kept);
    expect(box.unwritten).toBe(1); // refused, and only here to be tried again
    full.mockRestore();
    world.answer = () => Promise.reject(new DunlinError('muted'));
    await box.retry('lane-two');
    await settle();
    expect(box.unwritten).toBe(0);
    expect((await outbox()).all.map(({ clientMsgId }) => clientMsgId)).toEqual(['lane-two']);
  });

  it('keeps the order of a conversation that is called by several names, and of what an older version has left', async () => {
    const facts = { owner: 'gone', type: 'text', createdAt: '', status: 'pending', attempted: false };
    const left = [
      { clientMsgId: 'one', order: 1, lane: 'c:with-ben', target: { conversationId: 'with-ben' }, text: 'one' },
      { clientMsgId: 'two', order: 2, lane: 'u:ben', target: { toUserId: 'ben' }, text: 'two' },
    ];
    for (const entry of left) await storage.set(`outbox:${entry.clientMsgId}`, { entry: { ...entry, ...facts } });
    const waiting: (() => void)[] = [];
    world.answer = () => new Promise((resolve) => waiting.push(resolve));
    const box = await outbox();
    write(box, 'three', 'with-ben');
    box.add({ clientMsgId: 'four', target: { toUserId: 'ben' }, type: 'text', text: 'four' });
    for (const sent of [['one'], ['one', 'two'], ['one', 'two', 'three'], ['one', 'two', 'three', 'four']]) {
      for (let turn = 0; turn < 5; turn++) await settle();
      expect(world.sent).toEqual(sent);
      waiting.pop()?.();
    }
  });

  it('leaves alone what another client is still sending, until that one is gone', async () => {
    world.up = false;
    const first = await outbox();
    write(first, 'one');
    await settle();
    const second = await outbox();
    world.up = true;
    second.wake();
    await settle();
    expect(world.sent).toEqual([]);
    first.close();
    await settle();
    expect(world.sent).toEqual(['one']);
  });

  it('says so when the storage does not let go of what was taken back', async () => {
    world.up = false;
    const box = await outbox();
    const key = write(box, 'never mind');
    await settle();
    jest.spyOn(storage, 'delete').mockRejectedValue(new Error('UnknownError'));
    await expect(box.discard(key)).rejects.toMatchObject({ name: 'DunlinError', code: 'internal' });
    expect(box.all).toEqual([]);
  });

  it('says so when a failed message of another client cannot be read', async () => {
    const box = await outbox();
    const entry = await leftBy('theirs');
    await new OutboxStore(storage).save({ ...entry, owner: 'another', status: 'failed' });
    const reader = await outbox();
    jest.spyOn(storage, 'get').mockRejectedValue(new Error('UnknownError'));
    await expect(reader.retry(entry.clientMsgId)).rejects.toMatchObject({ name: 'DunlinError', code: 'internal' });
    box.close();
  });

  it('drops what turned up in the log by itself', async () => {
    world.up = false;
    const box = await outbox();
    const key = write(box, 'one');
    box.confirm(key);
    world.up = true;
    box.wake();
    await settle();
    expect(world.sent).toEqual([]);
    expect(await storage.entries('outbox:')).toEqual([]);
  });
});
