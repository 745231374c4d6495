import { DunlinError } from '../errors/dunlin-error.js';
import { silentChannel, type Channel } from '../platform/channel.js';
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

  it('gives up on a file that was moved or changed after it was chosen, so that the others get through', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('NotReadableError'));
    const blob = { slice: () => blob, arrayBuffer: gone } as unknown as Blob;
    const box = await outbox();
    const file = { type: 'file', name: 'plan.csv', mime: 'text/csv', size: 8, blob } as const;
    box.add({ clientMsgId: 'plan', lane: 'lane', target: { conversationId: 'lane' }, ...file });
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

/** What the tabs of one browser tell each other: later, as a BroadcastChannel does it. */
class Bus {
  private readonly ears = new Set<{ hear: (news: unknown) => void }>();

  channel(): Channel {
    const own = new Set<{ hear: (news: unknown) => void }>();
    return {
      post: (news) => {
        const others = [...this.ears].filter((ear) => !own.has(ear));
        queueMicrotask(() => others.forEach((ear) => this.ears.has(ear) && ear.hear(news)));
      },
      listen: (hear) => {
        const ear = { hear };
        own.add(ear);
        this.ears.add(ear);
        return () => void this.ears.delete(ear);
      },
      close: () => undefined,
    };
  }
}

describe('The outboxes of two tabs', () => {
  /** What both have sent, in order. */
  let sent: string[];
  let storage: MemoryStorage;
  let locks: ProcessLocks;
  let bus: Bus;
  const open: Outbox[] = [];

  const tab = async (up = true, channel = bus.channel()): Promise<{ box: Outbox; world: World }> => {
    const world = new World();
    world.up = up;
    world.answer = async (text) => void sent.push(text);
    const ownership = new Ownership('ann', locks, channel);
    const box = new Outbox(new OutboxStore(storage), ownership, world, { minMs: 1000, maxMs: 1000 });
    open.push(box);
    await box.start();
    return { box, world };
  };
  const write = (box: Outbox, ...texts: string[]): void => {
    for (const text of texts)
      box.add({ clientMsgId: text, lane: 'lane', target: { conversationId: 'lane' }, type: 'text', text });
  };
  const goOnline = ({ box, world }: { box: Outbox; world: World }): void => {
    world.up = true;
    box.wake();
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await jest.advanceTimersByTimeAsync(0);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
    storage = new MemoryStorage();
    locks = new ProcessLocks();
    bus = new Bus();
  });
  afterEach(() => {
    for (const box of open.splice(0)) box.close();
    jest.useRealTimers();
  });

  it('send what a reloaded one had waiting from the one that is online, in order and before what is newer', async () => {
    const second = await tab(false);
    const first = await tab(false);
    write(first.box, 'one', 'two');
    await settle();
    first.box.close(); // the second has them now, and no connection
    await settle();
    const reloaded = await tab(false);
    write(reloaded.box, 'three');
    await settle();
    goOnline(reloaded);
    await settle();
    expect(sent).toEqual(['one', 'two', 'three']);
    expect(reloaded.box.all).toEqual([]);
    goOnline(second);
    await settle();
    expect(sent).toHaveLength(3);
    expect(second.box.all).toEqual([]);
  });

  it('keep the order between them while the older one is on its way in the other', async () => {
    const [first, second] = [await tab(), await tab()];
    let answer = (): void => undefined;
    first.world.answer = (text) => new Promise((resolve) => (answer = () => resolve(void sent.push(text))));
    write(first.box, 'one');
    await settle();
    write(second.box, 'two');
    await jest.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual([]);
    expect(second.box.of('lane').map((entry) => second.box.stateOf(entry).discardable)).toEqual([false, true]);
    answer();
    await settle();
    expect(sent).toEqual(['one', 'two']);
  });

  it('hand a file over with its bytes, though the storage could not keep them', async () => {
    const full = jest.spyOn(storage, 'set').mockRejectedValue(new Error('QuotaExceededError'));
    const [first, second] = [await tab(false), await tab(false)];
    const uploaded: number[] = [];
    second.world.upload = async ({ blob }) => {
      uploaded.push(blob.size);
      return { id: 'm' } as never;
    };
    const facts = { name: 'shore.txt', mime: 'text/plain', size: 5, blob: new Blob(['shore']) };
    const target = { conversationId: 'lane' };
    first.box.add({ clientMsgId: 'file', lane: 'lane', target, type: 'file', ...facts });
    full.mockRestore();
    await settle();
    // without the bytes there is only the entry, which is asked for by its key
    await storage.set('outbox:file', { entry: { ...first.box.get('file'), blob: undefined } });
    goOnline(second);
    await settle();
    expect(uploaded).toEqual([5]);
    expect(second.world.failures).toEqual([]);
  });

  it('wait neither for what is no longer there nor for somebody of whom nothing is left', async () => {
    const deaf = await tab(false, silentChannel);
    const first = await tab(false);
    write(first.box, 'one');
    await settle();
    const third = await tab(false, silentChannel);
    goOnline(first);
    await settle();
    expect(sent).toEqual(['one']);
    write(third.box, 'two'); // it still knows "one", and nobody has told it better
    goOnline(third);
    await settle();
    expect(sent).toEqual(['one', 'two']);
    const entry = { clientMsgId: 'zero', owner: 'nobody', order: 1, lane: 'lane', target: { conversationId: 'lane' } };
    const facts = { type: 'text', text: 'zero', createdAt: '', status: 'pending', attempted: false };
    await storage.set('outbox:zero', { entry: { ...entry, ...facts } });
    const fourth = await tab();
    write(fourth.box, 'three');
    await settle();
    expect(sent).toEqual(['one', 'two', 'zero', 'three']);
    deaf.box.close();
  });

  it('send an inherited message at once, whatever pause was left of before', async () => {
    const second = await tab();
    second.world.answer = () => Promise.reject(new DunlinError('busy', { retryAfterMs: 60_000 }));
    write(second.box, 'old');
    await settle();
    second.world.answer = async (text) => void sent.push(text);
    second.box.confirm('old');
    const first = await tab(false);
    write(first.box, 'one');
    await settle();
    first.box.close();
    await settle();
    expect(sent).toEqual(['one']);
  });
});
