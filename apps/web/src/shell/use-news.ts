import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { nameOf } from '../conversations/name-of.js';
import { usePreview } from '../conversations/use-preview.js';
import { useToast } from '../ui/toast.js';
import { notificationsOn } from './notifications.js';

/** Tells of what comes in: requests by a line, messages by the desktop while the page is hidden. */
export function useNews(): void {
  const { t } = useTranslation();
  const { conversations, session } = useDunlin();
  const tell = useToast();
  const preview = usePreview();
  const [, navigate] = useLocation();
  useEvent('friend:request', ({ from }) => tell(t('people.asked', { name: from.displayName })));
  useEvent('message', (message) => {
    const { conversationId, senderId, type } = message;
    const mine = senderId === session.state.getSnapshot().user?.id;
    if (!document.hidden || mine || type === 'system' || !notificationsOn()) return;
    const conversation = conversations.of(conversationId).getSnapshot();
    if (!conversation || conversation.muted) return;
    const notification = new Notification(nameOf(conversation), { body: preview(message), tag: conversationId });
    notification.onclick = () => {
      window.focus();
      navigate(`/c/${conversationId}`);
      notification.close();
    };
  });
}
