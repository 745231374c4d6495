import { parseHTML } from 'linkedom';
import { startTopology, type Topology } from '../support/topology.mjs';
import { closeAllClients, friends, until } from './people.js';

jest.setTimeout(60_000);

// React looks for a document when it is loaded, the SDK's connection must not find a browser: so the page comes between.
import {
  DunlinProvider,
  useConnection,
  useConversations,
  useDraft,
  usePresence,
  useSession,
  useTimeline,
  useTyping,
  useUnread,
} from '@dunlin/sdk/react';
import { createElement, StrictMode, type ReactElement } from 'react';

describe('React components bound to the SDK', () => {
  let server: Topology;

  beforeAll(async () => {
    server = await startTopology({ embedded: true });
  });
  afterEach(closeAllClients);
  afterAll(() => server.stop());

  it('show a conversation as it goes, and what is left to send', async () => {
    const { ann, ben, conversationId } = await friends(server.gateways[0] as string);
    const page = parseHTML('<html><body></body></html>');
    Object.assign(page.window, { location: new URL('http://localhost/'), top: null });
    Object.assign(globalThis, { window: page.window, document: page.document });
    if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: page.window.navigator });
    const { createRoot } = await import('react-dom/client');

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
    const container = page.document.createElement('div');
    const root = createRoot(container as unknown as Element);
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
