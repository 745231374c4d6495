import type { Conversation, Message } from '@dunlin/sdk';
import { useDraft, useFailed, useSession, useTyping } from '@dunlin/sdk/react';
import { BellOff, CircleAlert, Pin } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { usePerson } from '../people/use-person.js';
import { useSystemText } from '../thread/use-system-text.js';
import { Avatar } from '../ui/avatar.js';
import { isolated } from '../ui/isolated.js';
import { useToday } from '../ui/use-today.js';
import { FROM_LIST } from './from-list.js';
import { nameOf } from './name-of.js';
import { TypingText } from './typing-text.js';
import { usePreview } from './use-preview.js';
import { shortTime } from './when.js';

interface RowProps {
  readonly conversation: Conversation;
  readonly selected: boolean;
  /** No conversation is open beside the list. */
  readonly alone: boolean;
}

export const ConversationRow = memo(function ConversationRow({ conversation, selected, alone }: RowProps) {
  const { t, i18n } = useTranslation();
  const { id, peer, group, lastMessage, unread, muted, pinned } = conversation;
  const name = nameOf(conversation);
  const today = useToday();
  const failed = useFailed(id);
  return (
    <Link
      href={`/c/${id}`}
      state={alone ? FROM_LIST : null}
      aria-current={selected ? 'page' : undefined}
      className={`my-0.5 flex items-center gap-3 rounded-2xl px-3 py-2.5 -outline-offset-2 ${selected ? 'bg-raised' : 'hover:bg-ground'}`}
    >
      <Avatar id={peer?.id ?? group?.id ?? id} name={name} url={peer?.avatarUrl ?? group?.avatarUrl ?? null} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <bdi className="min-w-0 flex-1 truncate text-left font-medium">{name}</bdi>
          {muted && (
            <BellOff aria-label={t('conversations.muted')} role="img" className="size-3.5 shrink-0 text-soft" />
          )}
          {pinned && <Pin aria-label={t('conversations.pinned')} role="img" className="size-3.5 shrink-0 text-soft" />}
          {lastMessage && (
            <time dateTime={lastMessage.sentAt} className="shrink-0 text-xs text-soft">
              {shortTime(lastMessage.sentAt, i18n.language, today)}
            </time>
          )}
        </span>
        <span className="flex items-center gap-2 text-sm text-soft">
          <PreviewLine conversation={conversation} selected={selected} />
          {failed > 0 && (
            <CircleAlert aria-label={t('thread.failed')} role="img" className="ml-auto size-4 shrink-0 text-danger" />
          )}
          {unread > 0 && (
            <span
              role="img"
              aria-label={t('conversations.unread', { count: unread })}
              className={`ml-auto shrink-0 rounded-full px-1.5 text-xs leading-5 font-semibold ${muted ? 'bg-raised text-ink' : 'bg-accent text-on-accent'}`}
            >
              {unread > 999 ? '999+' : unread}
            </span>
          )}
        </span>
      </span>
    </Link>
  );
});

function PreviewLine({ conversation: { id, group, lastMessage }, selected }: Omit<RowProps, 'alone'>) {
  const { t } = useTranslation();
  const preview = usePreview();
  const [draft] = useDraft(id);
  const typing = useTyping(id);
  const me = useSession().user?.id;
  const told = group && lastMessage && lastMessage.type !== 'system' && lastMessage.senderId !== me;
  const sender = usePerson(told ? lastMessage.senderId : null)?.displayName;
  const look = 'min-w-0 truncate';
  if (typing.length > 0)
    return (
      <span className={look}>
        <TypingText userIds={typing} inGroup={group !== undefined} />
      </span>
    );
  if (draft && !selected)
    return <bdi className={`${look} text-accent`}>{t('conversations.draft', { text: draft })}</bdi>;
  if (lastMessage?.type === 'system') return <SystemPreview message={lastMessage} look={look} />;
  if (!lastMessage) return <bdi className={look}>{t('conversations.noMessages')}</bdi>;
  const text = preview(lastMessage);
  return <bdi className={look}>{sender ? t('conversations.from', { name: isolated(sender), text }) : text}</bdi>;
}

function SystemPreview({ message, look }: { message: Message; look: string }) {
  return <span className={look}>{useSystemText(message)}</span>;
}
