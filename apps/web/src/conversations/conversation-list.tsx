import { useConversations } from '@dunlin/sdk/react';
import { Search } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { VList } from 'virtua';
import { useLocation } from 'wouter';
import { NotificationOffer } from '../notifications/notification-offer.js';
import { ConversationRow } from './conversation-row.js';
import { matches } from './name-of.js';
import { NoConversations } from './no-conversations.js';

/** All conversations, searched as one types. */
export function ConversationList({ selected }: { selected: string | undefined }) {
  const { t } = useTranslation();
  const all = useConversations();
  const [query, setQuery] = useState('');
  const [, navigate] = useLocation();
  const wanted = useDeferredValue(query);
  const shown = useMemo(() => all.filter((conversation) => matches(conversation, wanted)), [all, wanted]);
  const keyed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') setQuery('');
    const [first] = all.filter((conversation) => matches(conversation, query));
    if (event.key !== 'Enter' || query === '' || !first) return;
    setQuery('');
    navigate(`/c/${first.id}`);
  };
  return (
    <section
      aria-label={t('conversations.label')}
      className="flex min-w-0 flex-1 flex-col border-r border-line bg-panel"
    >
      <label className="relative m-3 block">
        <Search aria-hidden="true" className="absolute top-3 left-3 size-4 text-soft" />
        <input
          type="search"
          aria-label={t('conversations.search')}
          placeholder={t('conversations.search')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={keyed}
          className="w-full rounded-xl border border-transparent bg-raised py-2.5 pr-3 pl-9 text-sm pointer-coarse:text-base placeholder:text-soft"
        />
      </label>
      {all.length > 0 && <NotificationOffer />}
      {all.length === 0 ? (
        <NoConversations />
      ) : shown.length === 0 ? (
        <p className="px-6 py-10 text-center text-sm text-soft">{t('conversations.noMatch')}</p>
      ) : (
        <VList className="flex-1 px-2">
          {shown.map((conversation) => (
            <ConversationRow
              key={conversation.id}
              conversation={conversation}
              selected={conversation.id === selected}
              alone={selected === undefined}
            />
          ))}
        </VList>
      )}
    </section>
  );
}
