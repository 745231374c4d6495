import { DunlinError } from '../errors/dunlin-error.js';
import { silentChannel, type Channel } from '../platform/channel.js';
import { ProcessLocks } from '../platform/locks.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import { OutboxWorld } from '../testing/outbox-world.js';
import { OutboxStore } from './outbox-store.js';
import { Outbox } from './outbox.js';
import { Ownership } from './ownership.js';

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

  const tab = async (up = true, channel = bus.channel()): Promise<{ box: Outbox; world: OutboxWorld }> => {
    const world = new OutboxWorld();
    world.up = up;
    world.answer = async (text) => void sent.push(text);
    const ownership = new Ownership('ann', locks, channel);
    const box = new Outbox(new OutboxStore(storage), ownership, world, { minMs: 1000, maxMs: 1000 });
    open.push(box);
    await box.start();
    return { box, world };
  };
  const write = (box: Outbox, ...texts: string[]): void => {
    for (const text of texts) box.add({ clientMsgId: text, target: { conversationId: 'lane' }, type: 'text', text });
  };
  const goOnline = ({ box, world }: { box: Outbox; world: OutboxWorld }): void => {
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

  it('send what one told of and ended before it could write it down, and it can be taken back', async () => {
    const second = await tab(false);
    const first = await tab(false);
    write(first.box, 'one');
    await settle();
    const gone = jest.spyOn(storage, 'set').mockRejectedValue(new Error('the page is on its way out'));
    write(first.box, 'two', 'three');
    await settle();
    first.box.close();
    gone.mockRestore();
    await settle();
    expect(second.box.of('lane').map((entry) => second.box.stateOf(entry).discardable)).toEqual([true, true, true]);
    await second.box.discard('two');
    goOnline(second);
    await settle();
    expect(sent).toEqual(['one', 'three']);
    expect(await storage.entries('outbox:')).toEqual([]);
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
    first.box.add({ clientMsgId: 'file', target, type: 'file', ...facts });
    full.mockRestore();
    await settle();
    // without the bytes there is only the entry, which is asked for by its key
    await storage.set('outbox:file', { entry: { ...first.box.get('file'), blob: undefined } });
    goOnline(second);
    await settle();
    expect(uploaded).toEqual([5]);
    expect(second.world.failures).toEqual([]);
  });

  it('leave a living one what is its own where nobody can know who lives', async () => {
    jest.spyOn(locks, 'exclusive').mockImplementation((_name, work) => work(false));
    const full = jest.spyOn(storage, 'set').mockRejectedValue(new Error('QuotaExceededError'));
    const [first] = [await tab(false), await tab(false)];
    const posted = jest.spyOn(first.box as unknown as { keep(): void }, 'keep');
    const file = { type: 'file', name: 'tides.txt', mime: 'text/plain', size: 5, blob: new Blob(['tides']) } as const;
    first.box.add({ clientMsgId: 'tides', target: { conversationId: 'lane' }, ...file });
    await settle();
    expect(posted).toHaveBeenCalledTimes(1);
    expect(first.box.get('tides')).toMatchObject({ blob: file.blob });
    full.mockRestore();
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

  it('send what both have retried before either heard of it, once', async () => {
    const [first, second] = [await tab(), await tab(false)];
    first.world.answer = () => Promise.reject(new DunlinError('not_found'));
    write(first.box, 'one');
    await settle();
    first.world.up = false;
    first.world.answer = second.world.answer;
    await Promise.all([first.box.retry('one'), second.box.retry('one')]);
    await settle();
    goOnline(first);
    goOnline(second);
    await jest.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual(['one']);
    expect([first.box.all, second.box.all]).toEqual([[], []]);
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
