import { useEvent } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { useToast } from '../ui/toast.js';
import { useNotifications } from './use-notifications.js';

/** Tells of what comes in: requests by a line, messages by the desktop while the page is hidden. */
export function useNews(): void {
  const { t } = useTranslation();
  const tell = useToast();
  useNotifications();
  useEvent('friend:request', ({ from }) => tell(t('people.asked', { name: from.displayName })));
}
