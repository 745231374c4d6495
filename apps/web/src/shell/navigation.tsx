import { useUnread } from '@dunlin/sdk/react';
import { MessageCircle, Settings, UserRound, UsersRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useAsking } from '../people/use-asking.js';

const PLACES = [
  { path: '/', key: 'chats', Icon: MessageCircle },
  { path: '/people', key: 'people', Icon: UserRound },
  { path: '/groups', key: 'groups', Icon: UsersRound },
  { path: '/settings', key: 'settings', Icon: Settings },
] as const;

/** A rail on the left; on a phone a bar at the bottom, away while a conversation has the screen. */
export function Navigation({ hiddenOnPhone }: { hiddenOnPhone: boolean }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const { unmuted } = useUnread();
  const asking = useAsking();
  const news = { chats: unmuted, people: asking, groups: 0, settings: 0 };
  const told = {
    chats: t('conversations.unread', { count: unmuted }),
    people: t('people.waiting', { count: asking }),
    groups: '',
    settings: '',
  };
  const here = (path: string) => location === path || (path === '/' && location.startsWith('/c/'));
  return (
    <nav
      aria-label={t('nav.label')}
      className={`${hiddenOnPhone ? 'hidden md:flex' : 'flex'} shrink-0 justify-around border-line bg-ground p-1.5 max-md:border-t md:w-20 md:flex-col md:justify-start md:gap-1 md:border-r md:py-3`}
    >
      {PLACES.map(({ path, key, Icon }) => (
        <Link
          key={path}
          href={path}
          aria-current={here(path) ? 'page' : undefined}
          className={`relative flex min-w-16 flex-col items-center gap-1 rounded-2xl px-2 py-2 text-xs ${here(path) ? 'bg-raised font-medium text-ink' : 'text-soft hover:text-ink'}`}
        >
          <Icon aria-hidden="true" className="size-5" />
          {t(`nav.${key}`)}
          {news[key] > 0 && (
            <>
              <span className="sr-only">{told[key]}</span>
              <span
                aria-hidden="true"
                className="absolute top-1 right-2 rounded-full bg-accent px-1.5 text-[0.7rem] font-semibold text-on-accent"
              >
                {news[key] > 99 ? '99+' : news[key]}
              </span>
            </>
          )}
        </Link>
      ))}
    </nav>
  );
}
