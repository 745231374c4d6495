import type { DunlinClient } from '@dunlin/sdk';
import { FaultProxy } from '../support/fault-proxy.mjs';
import { befriend, newPerson, oneServer, online, shows, texts, until } from './people.js';

jest.setTimeout(60_000);

describe('With a server that refuses some requests for a while', () => {
  const server = oneServer();
  let proxy: FaultProxy;
  /** What is refused, and how often it was. */
  let refused: { path: RegExp; status: number; times: number } | undefined;
  let refusals = 0;

  beforeEach(async () => {
    proxy = await FaultProxy.to(server.url);
    refused = undefined;
    refusals = 0;
  });
  afterEach(() => proxy.close());

  /** Ann, who meets the refusals, and Ben. */
  const people = async (): Promise<{ ann: DunlinClient; ben: DunlinClient }> => {
    const fetching = async (url: string, init?: RequestInit): Promise<Response> => {
      if (!refused?.path.test(url) || refused.times-- <= 0) return fetch(url, init);
      refusals++;
      const problem = refused.status === 429 ? { code: 'rate_limited', retryable: true } : {};
      return Response.json(problem, { status: refused.status });
    };
    const ann = await newPerson(proxy.url, 'ann', { fetch: fetching });
    return { ann, ben: await newPerson(server.url, 'ben') };
  };
  const away = async (ann: DunlinClient): Promise<void> => {
    proxy.cut();
    await until(ann.connection, ({ status }) => status === 'offline', 'the connection to be lost');
  };
  const back = async (ann: DunlinClient): Promise<void> => {
    proxy.heal();
    await until(ann.connection, ({ status }) => status === 'online', 'the connection');
  };

  it('the first message of a conversation is shown when it answers again', async () => {
    const { ann, ben } = await people();
    const { id } = await ann.friends.request({ userId: ben.session.user.id });
    await ben.friends.accept(id);
    const told: string[] = [];
    ann.on('message', ({ content }) => void ('text' in content && told.push(content.text)));
    refused = { path: /\/conversations\/[^?/]+$/, status: 503, times: 2 };
    ben.messages.send({ toUserId: ann.session.user.id, text: 'hello?' });
    await until({ getSnapshot: () => told }, (all) => all.length > 0, 'the message');
    expect(told).toEqual(['hello?']);
    expect(refusals).toBe(2);
    expect(ann.conversations.unread.getSnapshot().total).toBe(1);
  });

  it('what was missed, and what comes, is shown while the list cannot be had', async () => {
    const { ann, ben } = await people();
    const conversationId = await befriend(ann, ben);
    const timeline = ann.conversations.open(conversationId);
    ben.messages.send({ conversationId, text: 'first' });
    await shows(timeline, ['first']);
    await away(ann);
    ben.messages.send({ conversationId, text: 'missed' });
    await until(ben.connection, ({ waiting }) => waiting === 0, 'it to be stored');
    refused = { path: /\/conversations\?/, status: 503, times: Infinity };
    await back(ann);
    await shows(timeline, ['first', 'missed']);
    ben.messages.send({ conversationId, text: 'live' });
    await shows(timeline, ['first', 'missed', 'live']);
    expect(refusals).toBeGreaterThan(0);
    expect(ann.connection.getSnapshot().syncing).toBe(true);

    const group = await ben.groups.create({ name: 'News', joinPolicy: 'open' });
    await away(ann);
    await ben.groups.members.add(group.id, [ann.session.user.id]);
    ben.messages.send({ conversationId: group.conversationId, text: 'Welcome' });
    await until(ben.connection, ({ waiting }) => waiting === 0, 'it to be stored');
    refused = undefined;
    const news = ann.conversations.open(group.conversationId);
    await back(ann);
    await online(ann);
    expect(texts(news).at(-1)).toBe('Welcome'); // what the list alone brought
  });

  it('a conversation that is opened without being in the list is shown when it answers again', async () => {
    const { ann, ben } = await people();
    const { id } = await ann.friends.request({ userId: ben.session.user.id });
    await ben.friends.accept(id);
    const { id: conversationId } = await ben.conversations.openDirect(ann.session.user.id);
    refused = { path: /\/conversations\/[^?/]+$/, status: 429, times: 2 };
    const timeline = ann.conversations.open(conversationId);
    await until(timeline, ({ error }) => error?.code === 'rate_limited', 'the reason');
    await until(timeline, ({ conversation, error }) => conversation && !error, 'the conversation');
    expect(refusals).toBe(2);
  });
});
