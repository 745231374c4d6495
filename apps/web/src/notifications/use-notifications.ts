import type { Message } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { nameOf } from '../conversations/name-of.js';
import { usePreview } from '../conversations/use-preview.js';
import { personOf } from '../people/use-person.js';
import { plain } from '../ui/plain.js';
import { notificationsOn, notifyOnce, tellWhetherSeen } from './notifications.js';

/** Of what comes at once in a conversation, one is told. Milliseconds. */
const TOGETHER_MS = 100;

/** Tells of messages by the desktop while no tab is seen. */
export function useNotifications(): void {
  const client = useDunlin();
  const preview = usePreview();
  const [, navigate] = useLocation();
  const shown = useRef(new Set<Notification>());
  /** The newest of each conversation; there may be hundreds after a time without connection. */
  const waiting = useRef(new Map<string, Message>());

  const tell = async (message: Message): Promise<void> => {
    const { id, seq, conversationId, senderId } = message;
    if (!document.hidden) return;
    const conversation = client.conversations.of(conversationId).getSnapshot();
    if (!conversation || conversation.muted) return;
    // read on another device meanwhile
    if (seq <= conversation.readSeq) return;
    const sender = conversation.group ? (await personOf(client, senderId))?.displayName : undefined;
    const body = sender ? `${plain(sender)}: ${preview(message)}` : preview(message);
    await notifyOnce(id, () => {
      const again = [...shown.current].some(({ tag }) => tag === conversationId);
      // one that takes the place of another shows up once more, without another sound
      const options = { body, tag: conversationId, icon: '/favicon.svg', renotify: true, silent: again };
      const notification = new Notification(nameOf(conversation), options);
      shown.current.add(notification);
      notification.onclose = () => shown.current.delete(notification);
      notification.onclick = () => {
        window.focus();
        navigate(`/c/${conversationId}`);
        notification.close();
      };
    });
  };
  useEvent('message', (message) => {
    const { conversationId, senderId, type } = message;
    const mine = senderId === client.session.state.getSnapshot().user?.id;
    if (!document.hidden || mine || type === 'system' || !notificationsOn()) return;
    if (waiting.current.size === 0) setTimeout(tellNewest, TOGETHER_MS);
    waiting.current.set(conversationId, message);
  });

  const tellNewest = (): void => {
    const newest = [...waiting.current.values()];
    waiting.current.clear();
    // some phones have notifications, but not for a page
    for (const message of newest) void tell(message).catch(() => undefined);
  };

  useEffect(tellWhetherSeen, []);
  useEffect(() => {
    const clear = (): void => {
      if (!document.hidden) for (const notification of shown.current) notification.close();
    };
    document.addEventListener('visibilitychange', clear);
    return () => document.removeEventListener('visibilitychange', clear);
  }, []);
}
