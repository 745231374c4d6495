import { useUnread } from '@dunlin/sdk/react';
import { useEffect } from 'react';

/** The unread total in the title and on the icon. */
export function useTitle(): void {
  const { unmuted } = useUnread();
  useEffect(() => {
    document.title = unmuted > 0 ? `(${unmuted}) Dunlin` : 'Dunlin';
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = unmuted > 0 ? '/favicon-unread.svg' : '/favicon.svg';
    return () => {
      document.title = 'Dunlin';
      if (icon) icon.href = '/favicon.svg';
    };
  }, [unmuted]);
}
