import { useEvent } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { useNotifications } from '../notifications/use-notifications.js';
import { isolated } from '../ui/isolated.js';
import { useToast } from '../ui/toast.js';

/** Tells of what comes in: requests by a line, messages by the desktop while the page is hidden. */
export function useNews(): void {
  const { t } = useTranslation();
  const tell = useToast();
  useNotifications();
  useEvent('friend:request', ({ from }) => tell(t('people.asked', { name: isolated(from.displayName) })));
  useEvent('group:left', ({ reason, group }) => {
    if (reason !== 'left' && group) tell(t(`groups.${reason}`, { name: isolated(group.name) }));
  });
}
