import type { Conversation, GroupCard, Message } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { ClientEvents } from '../events/client-events.js';
import { Emitter } from '../events/emitter.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import type { Http } from '../transport/http.js';
import { ChatCache } from './chat-cache.js';
import { ChatStore } from './chat-store.js';
import { ChatViews } from './chat-views.js';

describe('The conversations of a person', () => {
  const storage = new MemoryStorage();
  const events = new Emitter<ClientEvents>();
  const open = async (http: object = {}): Promise<{ store: ChatStore; cache: ChatCache; views: ChatViews }> => {
    const views = new ChatViews(() => undefined);
    const cache = new ChatCache(storage, 100);
    const store = new ChatStore(http as Http, cache, {
      me: 'ann',
      events,
      views,
      confirmed: () => undefined,
      behind: () => undefined,
      awaitsOwn: () => false,
      insist: (ask) => ask(),
      listed: () => undefined,
      lost: () => undefined,
    });
    await store.restore();
    return { store, cache, views };
  };
  const conversation = (id: string, day = '2026-11-23'): Conversation => ({
    id,
    type: 'direct',
    lastMessage: null,
    lastSeq: 0,
    readSeq: 0,
    unread: 0,
    muted: false,
    pinned: false,
    updatedAt: `${day}T09:00:00.000Z`,
  });

  it('are all there once their list was read to its end, over a restart too, and not before', async () => {
    const first = await open();
    first.store.learned(conversation('a'));
    await first.cache.flush();
    const second = await open();
    expect(second.store.get('a')).toBeDefined();
    expect(second.store.listState.complete).toBe(false);
    second.store.listed(new Set(['a']));
    await second.cache.flush();
    expect((await open()).store.listState.complete).toBe(true);
  });

  it('begin with those that are looked at, the one opened last first, then the newest', async () => {
    const { store, views } = await open();
    for (const id of ['a', 'b', 'c', 'd']) store.learned(conversation(id, `2026-11-2${'dacb'.indexOf(id)}`));
    views.shown = () => ['c', 'a'];
    expect(store.chats().map(({ id }) => id)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('are asked for one question at a time, and an answer that does not know what was read asks nothing', async () => {
    const answers: (() => void)[] = [];
    const facts = { ...conversation('a'), lastSeq: 300, unread: 300 };
    let asked = 0;
    const get = (): Promise<Conversation> => {
      asked++;
      return new Promise((resolve) => answers.push(() => resolve(facts)));
    };
    const answer = async (): Promise<void> => {
      answers.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const { store } = await open({ get });
    store.learned(facts).readTo(20);
    store.learned(facts);
    expect(asked).toBe(1);
    await answer();
    expect(asked).toBe(1);
    store.recount('a');
    store.recount('a');
    store.recount('a');
    expect(asked).toBe(2);
    await answer();
    expect(asked).toBe(3); // what came up while it was asked may not be in that answer
    await answer();
    expect(asked).toBe(3);
    void store.fetch('a');
    await answer();
    await answer();
    expect(asked).toBe(5);
  });

  it('do not come back by an answer of before they were lost', async () => {
    const answers: (() => void)[] = [];
    const get = (): Promise<Conversation> =>
      new Promise((resolve, reject) => {
        const gone = answers.length > 0;
        answers.push(() => (gone ? reject(new DunlinError('not_found')) : resolve(conversation('a'))));
      });
    const { store } = await open({ get });
    const asked = store.fetch('a');
    store.left('a');
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.get('a')).toBeUndefined();
    answers[1]?.();
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
    expect(store.get('a')).toBeUndefined();
  });

  it('are not brought back or undone by a page of the list of before', async () => {
    const { store } = await open();
    const since = store.now;
    store.left('a');
    expect(store.learnedFrom(conversation('a'), since)).toBeUndefined();
    store.learned(conversation('b'));
    store.settingsChanged('b', { muted: true, pinned: true });
    store.learnedFrom(conversation('b'), since);
    expect(store.get('b')?.conversation).toMatchObject({ muted: true, pinned: true });
    store.learnedFrom(conversation('b'), store.now);
    expect(store.get('b')?.conversation).toMatchObject({ muted: false, pinned: false });
    expect(store.learnedFrom(conversation('a'), store.now)).toBeDefined();
  });

  it('take from a page of before what no news of since said otherwise', async () => {
    const { store } = await open();
    const group = { id: 'g', name: 'Shore', conversationId: 'g' } as GroupCard;
    const until = '2026-12-01T00:00:00.000Z';
    const page = { ...conversation('g'), type: 'group', muted: true, group: { ...group, mutedUntil: until } } as const;
    store.learned({ ...conversation('g'), type: 'group', group });
    const since = store.now;
    store.groupUpdated({ ...group, name: 'Estuary' });
    store.learnedFrom(page, since);
    const shown = () => store.get('g')?.conversation;
    expect(shown()).toMatchObject({ muted: true, group: { name: 'Estuary', mutedUntil: until } });
    store.groupUpdated({ ...group, mutedUntil: null });
    store.learnedFrom(page, since);
    expect(shown()).toMatchObject({ muted: true, group: { name: 'Shore', mutedUntil: null } });
    store.learnedFrom(page, store.now);
    expect(shown()).toMatchObject({ group: { mutedUntil: until } });
  });

  it('stay when it is said late that they are not there', async () => {
    const answers: ((gone: boolean) => void)[] = [];
    const get = (): Promise<Conversation> =>
      new Promise((resolve, reject) =>
        answers.push((gone) => (gone ? reject(new DunlinError('not_found')) : resolve(conversation('x')))),
      );
    const { store } = await open({ get });
    const answer = async (gone: boolean): Promise<void> => {
      answers.shift()?.(gone);
      await new Promise((resolve) => setImmediate(resolve));
    };
    store.recount('x');
    store.learned(conversation('x')); // came into it meanwhile
    await answer(true);
    expect(store.get('x')).toBeDefined();
    await answer(false);
    store.recount('x');
    await answer(true);
    expect(store.get('x')).toBeUndefined();
  });

  it('tell nobody who is signed in next of what is answered late', async () => {
    let answer = (): void => undefined;
    const get = (): Promise<Conversation> => new Promise((resolve) => (answer = () => resolve(conversation('y'))));
    const { store } = await open({ get });
    const told = jest.fn();
    events.on('message', told);
    store.receive([{ id: 'm', conversationId: 'y', seq: 1, senderId: 'ben', type: 'text' } as Message]);
    store.close();
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).not.toHaveBeenCalled();
    expect(store.get('y')).toBeUndefined();
  });
});
