import type { Conversation } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import { Emitter } from '../events/emitter.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import type { Connection } from '../transport/connection.js';
import type { Http } from '../transport/http.js';
import { CatchUp } from './catch-up.js';
import { ChatCache } from './chat-cache.js';
import { ChatStore } from './chat-store.js';
import { ChatViews } from './chat-views.js';

describe('What was missed', () => {
  type Answer = { event: string; resolve: (data: object) => void; reject: (error: Error) => void };
  /** Requests on the socket that are not answered yet. */
  let asked: Answer[];
  let page: Conversation[];
  let store: ChatStore;
  let catchUp: CatchUp;
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const conversation = (lastSeq: number): Conversation => ({
    id: 'a',
    type: 'group',
    lastMessage: null,
    lastSeq,
    readSeq: 0,
    unread: lastSeq,
    muted: false,
    pinned: false,
    updatedAt: '',
  });
  const takeRequest = (event: string): Answer => {
    const found = asked.findIndex((one) => one.event === event);
    return asked.splice(found, 1)[0] as Answer;
  };

  beforeEach(() => {
    asked = [];
    const request = (event: string): Promise<object> =>
      new Promise((resolve, reject) => asked.push({ event, resolve, reject }));
    const connection = { online: true, request } as unknown as Connection;
    const http = { json: async () => ({ items: page, nextCursor: null }) } as unknown as Http;
    store = new ChatStore(http, new ChatCache(new MemoryStorage(), 100), {
      me: 'ann',
      events: new Emitter(),
      views: new ChatViews(() => undefined),
      confirmed: () => undefined,
      behind: (chat) => catchUp.behind(chat),
      awaitsOwn: () => false,
      insist: (ask) => ask(),
      listed: () => undefined,
      lost: () => undefined,
    });
    catchUp = new CatchUp(http, connection, store, { maxMissed: 1000, backoff: { minMs: 60_000, maxMs: 60_000 } });
  });
  afterEach(() => catchUp.stop());

  it('is fetched as far as the list tells of it when the server has no time for more', async () => {
    store.learned(conversation(0));
    page = [conversation(3)];
    void catchUp.start();
    await settle();
    expect(asked.map(({ event }) => event)).toEqual(['sync']);
    takeRequest('sync').reject(new DunlinError('busy'));
    await settle();
    expect(asked.map(({ event }) => event)).toEqual(['conversation:sync']);
  });

  it('of a group that one is in again does not wait for what was asked for before, nor end with that', async () => {
    store.learned(conversation(0));
    store.learned(conversation(3));
    const before = takeRequest('conversation:sync');
    store.left('a');
    store.learned(conversation(5));
    store.learned(conversation(6));
    expect(asked.map(({ event }) => event)).toEqual(['conversation:sync']);
    before.reject(new DunlinError('not_found'));
    await settle();
    expect(store.get('a')).toBeDefined();
  });
});
