import type { Message } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { nameOf } from '../conversations/name-of.js';
import { usePreview } from '../conversations/use-preview.js';
import { personOf } from '../people/use-person.js';
import { plain } from '../ui/plain.js';
import { notificationsOn, notifyOnce, tellWhetherSeen } from './notifications.js';

/** Tells of messages by the desktop while no tab is seen. */
export function useNotifications(): void {
  const client = useDunlin();
  const preview = usePreview();
  const [, navigate] = useLocation();
  const shown = useRef(new Set<Notification>());

  const tell = async (message: Message): Promise<void> => {
    const { id, conversationId, senderId, type } = message;
    const mine = senderId === client.session.state.getSnapshot().user?.id;
    if (!document.hidden || mine || type === 'system' || !notificationsOn()) return;
    const conversation = client.conversations.of(conversationId).getSnapshot();
    if (!conversation || conversation.muted) return;
    const sender = conversation.group ? (await personOf(client, senderId))?.displayName : undefined;
    const body = sender ? `${plain(sender)}: ${preview(message)}` : preview(message);
    await notifyOnce(id, () => {
      const notification = new Notification(nameOf(conversation), { body, tag: conversationId, icon: '/favicon.svg' });
      shown.current.add(notification);
      notification.onclose = () => shown.current.delete(notification);
      notification.onclick = () => {
        window.focus();
        navigate(`/c/${conversationId}`);
        notification.close();
      };
    });
  };
  // some phones have notifications, but not for a page
  useEvent('message', (message) => void tell(message).catch(() => undefined));

  useEffect(tellWhetherSeen, []);
  useEffect(() => {
    const clear = (): void => {
      if (!document.hidden) for (const notification of shown.current) notification.close();
    };
    document.addEventListener('visibilitychange', clear);
    return () => document.removeEventListener('visibilitychange', clear);
  }, []);
}
