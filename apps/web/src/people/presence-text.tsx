import { usePresence } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { ago } from '../conversations/when.js';
import { useNow } from '../ui/use-now.js';

/** Whether somebody is there. @param otherwise what stands there when that is not known */
export function PresenceText({ userId, otherwise }: { userId: string; otherwise?: string }) {
  const { t, i18n } = useTranslation();
  const presence = usePresence(userId);
  const now = useNow();
  if (presence?.online) return <span className="text-good">{t('conversations.online')}</span>;
  if (!presence?.lastSeenAt) return otherwise ?? null;
  return t('conversations.lastSeen', { when: ago(presence.lastSeenAt, i18n.language, now) });
}
