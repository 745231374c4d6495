import { DunlinError } from '../errors/dunlin-error.js';
import { silentChannel } from '../platform/channel.js';
import { ProcessLocks } from '../platform/locks.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import { OutboxStore } from './outbox-store.js';
import { Outbox, type OutboxPorts } from './outbox.js';
import { Ownership } from './ownership.js';

/** A server of which the test says what it answers; by default it stores everything. */
class World implements OutboxPorts {
  up = true;
  readonly sent: string[] = [];
  readonly storedKeys: string[] = [];
  readonly failures: [string, string][] = [];
  answer: (text: string) => Promise<void> = () => Promise.resolve();

  online = (): boolean => this.up;
  send: OutboxPorts['send'] = async ({ content, conversationId = '', clientMsgId }) => {
    const text = 'text' in content ? content.text : '';
    this.sent.push(text);
    await this.answer(text);
    return { messageId: clientMsgId, conversationId, seq: this.sent.length, sentAt: '', duplicate: false };
  };
  upload: OutboxPorts['upload'] = () => Promise.reject(new DunlinError('internal'));
  stored: OutboxPorts['stored'] = (entry) => void this.storedKeys.push(entry.clientMsgId);
  failed: OutboxPorts['failed'] = (entry, error) => void this.failures.push([entry.clientMsgId, error.code]);
  changed = (): void => undefined;
}

describe('The outbox', () => {
  let world: World;
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
    box.add({ clientMsgId, lane, target: { conversationId: lane }, type: 'text', text });
    return clientMsgId;
  };
  /** Everything that can happen without time passing. */
  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0).then(() => undefined);

  beforeEach(() => {
    jest.useFakeTimers();
    world = new World();
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

  it('gives up on a message that the server breaks at every time, so that the others get through', async () => {
    world.answer = (text) => (text === 'cursed' ? Promise.reject(new DunlinError('internal')) : Promise.resolve());
    const box = await outbox();
    const key = write(box, 'cursed');
    write(box, 'fine');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(world.failures).toEqual([[key, 'internal']]);
    expect(world.sent.at(-1)).toBe('fine');
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

  it('leaves alone what another client is still sending, until that one is gone', async () => {
    world.up = false;
    const first = await outbox();
    write(first, 'one');
    await settle();
    const starting = outbox();
    await jest.advanceTimersByTimeAsync(1000); // how long the second waits for the first to let go
    const second = await starting;
    world.up = true;
    second.wake();
    await settle();
    expect(world.sent).toEqual([]);
    first.close();
    await settle();
    expect(world.sent).toEqual(['one']);
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
