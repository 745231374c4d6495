import { useConversations } from '@dunlin/sdk/react';
import { Search } from 'lucide-react';
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { VList, type CacheSnapshot, type VListHandle } from 'virtua';
import { useLocation } from 'wouter';
import { NotificationOffer } from '../notifications/notification-offer.js';
import { isComposing } from '../ui/composing.js';
import { useKept } from '../ui/use-kept.js';
import { ConversationRow } from './conversation-row.js';
import { FROM_LIST } from './from-list.js';
import { matches } from './name-of.js';
import { NoConversations } from './no-conversations.js';
import { useLeftRow } from './use-left-row.js';

/** All conversations, searched as one types. */
export function ConversationList({ selected }: { selected: string | undefined }) {
  const { t } = useTranslation();
  const all = useConversations();
  const list = useRef<VListHandle>(null);
  const section = useLeftRow(selected);
  const [before, keep] = useKept<{ top: number; sizes: CacheSnapshot }>('list');
  const [query, setQuery] = useState('');
  const [, navigate] = useLocation();
  const wanted = useDeferredValue(query);
  const shown = useMemo(() => all.filter((conversation) => matches(conversation, wanted)), [all, wanted]);
  useLayoutEffect(() => {
    if (before) list.current?.scrollTo(before.top);
    // still there: what is below goes after what is above
    return () => keep(list.current ? { top: list.current.scrollOffset, sizes: list.current.cache } : undefined);
  }, [before, keep]);
  const keyed = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Escape') setQuery('');
    const [first] = all.filter((conversation) => matches(conversation, query));
    if (event.key !== 'Enter' || query === '' || !first) return;
    setQuery('');
    navigate(`/c/${first.id}`, { state: selected === undefined ? FROM_LIST : null });
  };
  return (
    <section
      ref={section}
      aria-label={t('conversations.label')}
      className="flex min-w-0 flex-1 flex-col border-r border-line bg-panel"
    >
      {selected === undefined && <h1 className="sr-only md:hidden">{t('nav.chats')}</h1>}
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
      <div role="status">
        {all.length > 0 && wanted !== '' && (
          <p className={shown.length > 0 ? 'sr-only' : 'px-6 py-10 text-center text-sm text-soft'}>
            {shown.length > 0 ? t('common.shown', { count: shown.length }) : t('conversations.noMatch')}
          </p>
        )}
      </div>
      {all.length === 0 ? (
        <NoConversations />
      ) : (
        <VList ref={list} cache={before?.sizes} className="flex-1 px-2">
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
