import {
  DunlinClient,
  MemoryStorage,
  type ChatMessage,
  type DunlinOptions,
  type Observable,
  type Timeline,
} from '@dunlin/sdk';
import { waitUntil } from '../../tools/lib/wait.mjs';
import { PASSWORD } from '../support/person.js';
import { unique } from '../support/names.js';
import { startTopology, type Topology } from '../support/topology.mjs';

const open = new Set<DunlinClient>();

/** A client whose pauses are short enough for a test. */
export function newClient(url: string, options: Partial<DunlinOptions> = {}): DunlinClient {
  const client = new DunlinClient({
    url,
    storage: new MemoryStorage(),
    backoff: { minMs: 50, maxMs: 400 },
    ackTimeoutMs: 2000,
    ...options,
  });
  open.add(client);
  return client;
}

/** Ends all that {@link newClient} made. */
export async function closeAllClients(): Promise<void> {
  await Promise.all([...open].map((client) => client.close()));
  open.clear();
}

/** One process for the tests of a file; the clients of each are closed after it. It has its URL when they run. */
export function oneServer(): { readonly url: string } {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology({ embedded: true });
  });
  afterEach(closeAllClients);
  afterAll(() => server.stop());
  return {
    get url() {
      return server.gateways[0] as string;
    },
  };
}

/** A client of a new person. */
export async function newPerson(
  url: string,
  base: string,
  options: Partial<DunlinOptions> = {},
): Promise<DunlinClient> {
  const client = newClient(url, options);
  await client.session.signUp({ username: unique(base), password: PASSWORD });
  await online(client);
  return client;
}

export async function befriend(a: DunlinClient, b: DunlinClient): Promise<string> {
  const { id } = await a.friends.request({ userId: b.session.user.id });
  await b.friends.accept(id);
  return (await a.conversations.openDirect(b.session.user.id)).id;
}

/** Two friends and their conversation's id. @param bensUrl when his way to the server is another */
export async function friends(
  url: string,
  bensUrl = url,
): Promise<{ ann: DunlinClient; ben: DunlinClient; conversationId: string }> {
  const [ann, ben] = await Promise.all([newPerson(url, 'ann'), newPerson(bensUrl, 'ben')]);
  return { ann, ben, conversationId: await befriend(ann, ben) };
}

/** Waits until what an observable holds fits. */
export async function until<T>(
  view: Pick<Observable<T>, 'getSnapshot'>,
  fits: (value: T) => unknown,
  what: string,
  timeoutMs = 20_000,
): Promise<T> {
  await waitUntil(() => Boolean(fits(view.getSnapshot())), { what, timeoutMs, intervalMs: 10 }).catch(
    (error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(view.getSnapshot())?.slice(0, 3000)}`);
    },
  );
  return view.getSnapshot();
}

export const online = async (client: DunlinClient): Promise<void> =>
  void (await until(client.connection, ({ status, syncing }) => status === 'online' && !syncing, 'the connection'));

export const textOf = (message: Pick<ChatMessage, 'content'>): string =>
  'text' in message.content ? message.content.text : `[${Object.keys(message.content)[0]}]`;

export const texts = (timeline: Timeline): string[] => timeline.getSnapshot().messages.map(textOf);

/** Waits until a timeline shows these texts at its end, all of them stored. */
export async function shows(timeline: Timeline, expected: string[], timeoutMs?: number): Promise<void> {
  const ends = (): boolean => {
    const { messages } = timeline.getSnapshot();
    const last = messages.slice(-expected.length);
    return last.every(({ seq }) => seq !== null) && JSON.stringify(last.map(textOf)) === JSON.stringify(expected);
  };
  await until(timeline, ends, `the timeline to end with ${expected.length} messages`, timeoutMs);
}
