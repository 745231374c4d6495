import { DunlinError, type DunlinClient } from '@dunlin/sdk';
import { parseHTML } from 'linkedom';
import { friends, oneServer, until } from './people.js';

jest.setTimeout(60_000);

// React looks for a document when it is loaded, the SDK's connection must not find a browser: so the page comes between.
import {
  DunlinProvider,
  useConnection,
  useConversations,
  useDraft,
  useMediaUrl,
  usePresence,
  useSession,
  useTimeline,
  useTyping,
  useUnread,
} from '@dunlin/sdk/react';
import { act, createElement, StrictMode, type ReactElement } from 'react';
import { Value } from '../../libs/sdk/src/store/observable.js';

async function newPage() {
  const page = parseHTML('<html><body></body></html>');
  Object.assign(page.window, { location: new URL('http://localhost/'), top: null });
  Object.assign(globalThis, { window: page.window, document: page.document });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: page.window.navigator });
  const { createRoot } = await import('react-dom/client');
  const container = page.document.createElement('div');
  const root = createRoot(container as unknown as Element);
  return { root, container };
}

describe('React components bound to the SDK', () => {
  const server = oneServer();

  it('show a conversation as it goes, and what is left to send', async () => {
    const { ann, ben, conversationId } = await friends(server.url);
    const { root, container } = await newPage();

    let renders = 0;
    const Chat = (): ReactElement => {
      renders++;
      const { messages, timeline, firstUnreadSeq } = useTimeline(conversationId);
      const [draft] = useDraft(conversationId);
      const presence = usePresence(ben.session.user.id);
      const typing = useTyping(conversationId);
      return createElement(
        'main',
        { onClick: () => timeline?.markRead() },
        `${useSession().user?.username} ${useConnection().status}; `,
        `${useConversations().length} conversation, ${useUnread().total} unread from ${firstUnreadSeq}; `,
        `Ben is ${presence?.online ? 'here' : 'away'}${typing.length > 0 ? ' and types' : ''}; draft: ${draft}; `,
        messages.map((message) =>
          createElement(
            'p',
            { key: message.key },
            `${'text' in message.content && message.content.text} (${message.delivery})`,
          ),
        ),
      );
    };
    root.render(createElement(StrictMode, null, createElement(DunlinProvider, { client: ann }, createElement(Chat))));
    const shown = { getSnapshot: () => container.textContent };
    const shows = (text: string): Promise<string> => until(shown, (all) => all.includes(text), `“${text}”`);

    await shows(`${ann.session.user.username} online; 1 conversation, 0 unread from null; Ben is here; draft: ; `);
    ben.messages.send({ conversationId, text: 'Hello Ann' });
    await shows('1 unread');
    await shows('Hello Ann (stored)');
    ann.drafts.set(conversationId, 'Hel');
    await shows('draft: Hel;');
    ben.typing.active(conversationId);
    await shows('and types');
    ann.messages.send({ conversationId, text: 'Hello Ben' });
    await shows('Hello Ben (stored)');
    ben.conversations.open(conversationId);
    ben.conversations.markRead(conversationId, 2);
    await shows('Hello Ben (read)');
    await shows('0 unread');

    const before = renders;
    await ann.users.me();
    expect(renders).toBe(before);
    root.unmount();
  });
});

describe('A picture that could not be had', () => {
  it.each([
    ['is asked for once more each time that the connection is back', 'network', 3],
    ['is not asked for again when it is gone', 'not_found', 1],
  ] as const)('%s', async (_, code, times) => {
    let asked = 0;
    const connection = new Value({ status: 'online', waiting: 0 });
    const objectUrl = async (): Promise<never> => {
      asked++;
      throw new DunlinError(code);
    };
    const client = { connection, media: { objectUrl } } as unknown as DunlinClient;
    const { root, container } = await newPage();
    const Picture = (): ReactElement => createElement('p', null, `${useMediaUrl('/api/v1/media/m').error?.code}`);
    root.render(createElement(DunlinProvider, { client }, createElement(Picture)));
    await until({ getSnapshot: () => container.textContent }, (text) => text === code, 'the first answer');
    const environment = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
    environment.IS_REACT_ACT_ENVIRONMENT = true;
    /** Resolves when React has done what the change asks for. */
    const change = (status: string, waiting: number): Promise<void> =>
      act(async () => connection.set({ status, waiting }));
    for (let round = 0; round < 2; round++) {
      await change('offline', 0);
      for (let waiting = 0; waiting < 5; waiting++) await change('online', waiting);
    }
    delete environment.IS_REACT_ACT_ENVIRONMENT;
    expect(asked).toBe(times);
    root.unmount();
  });
});
