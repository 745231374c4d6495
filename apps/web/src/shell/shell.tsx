import { useTranslation } from 'react-i18next';
import { Route, Switch, useRoute } from 'wouter';
import { ConversationList } from '../conversations/conversation-list.js';
import { ConversationPane } from '../conversations/conversation-pane.js';
import { ProfileProvider } from '../people/show-profile.js';
import { lazyPart, useAllParts } from '../ui/lazy-part.js';
import { useNews } from './use-news.js';
import { useTitle } from './use-title.js';
import { ConnectionLine } from './connection-line.js';
import { Navigation } from './navigation.js';
import { Splash } from './splash.js';

// not on the first screen
const PeoplePage = lazyPart(async () => (await import('../people/people-page.js')).PeoplePage, { loading: <Splash /> });
const GroupsPage = lazyPart(async () => (await import('../groups/groups-page.js')).GroupsPage, { loading: <Splash /> });
const SettingsPage = lazyPart(async () => (await import('../settings/settings-page.js')).SettingsPage, {
  loading: <Splash />,
});

/** The frame of who is signed in: navigation, the list and what was chosen from it; on a phone one of them at a time. */
export function Shell() {
  useTitle();
  useNews();
  useAllParts();
  const [inConversation] = useRoute('/c/:id');
  return (
    <ProfileProvider>
      <div className="flex h-dvh flex-col pr-[env(safe-area-inset-right)] pb-[env(safe-area-inset-bottom)] pl-[env(safe-area-inset-left)]">
        <ConnectionLine />
        <div className="flex min-h-0 flex-1 flex-col-reverse md:flex-row">
          <Navigation hiddenOnPhone={inConversation} />
          <Switch>
            <Route path="/people" component={PeoplePage} />
            <Route path="/groups" component={GroupsPage} />
            <Route path="/settings" component={SettingsPage} />
            <Route path="/c/:id">{({ id }) => <Chats conversationId={id} />}</Route>
            <Route>
              <Chats />
            </Route>
          </Switch>
        </div>
      </div>
    </ProfileProvider>
  );
}

function Chats({ conversationId }: { conversationId?: string }) {
  return (
    // on a phone the list alone is the page. Its element stays when one chooses from it, and what is typed there with it
    <div role={conversationId ? undefined : 'main'} className="flex min-h-0 min-w-0 flex-1">
      <div className={`min-w-0 flex-1 md:w-80 md:flex-none ${conversationId ? 'hidden md:flex' : 'flex'}`}>
        <ConversationList selected={conversationId} />
      </div>
      {conversationId ? (
        <main className="flex min-w-0 flex-1">
          <ConversationPane key={conversationId} conversationId={conversationId} />
        </main>
      ) : (
        <Nothing />
      )}
    </div>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <div className="m-auto min-w-0 flex-1 space-y-1 p-6 text-center max-md:hidden">
      <img src="/favicon.svg" alt="" className="mx-auto mb-4 size-16 opacity-80" />
      <h1 className="text-lg font-medium">{t('conversations.choose')}</h1>
      <p className="text-sm text-soft">{t('conversations.chooseHint')}</p>
    </div>
  );
}
