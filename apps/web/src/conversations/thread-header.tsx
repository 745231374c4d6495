import type { Conversation } from '@dunlin/sdk';
import { usePresence, useTyping } from '@dunlin/sdk/react';
import { ArrowLeft, Info } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { usePerson } from '../thread/use-person.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { isolated } from '../ui/isolated.js';
import { useNow } from '../ui/use-now.js';
import { nameOf } from './name-of.js';
import { ago } from './when.js';

interface HeaderProps {
  readonly conversation: Conversation;
  readonly onInfo: () => void;
}

export function ThreadHeader({ conversation, onInfo }: HeaderProps) {
  const { t } = useTranslation();
  const { id, peer, group } = conversation;
  const typing = useTyping(id);
  const name = nameOf(conversation);
  return (
    <header className="flex items-center gap-3 border-b border-line bg-panel px-3 py-2.5">
      <Link
        href="/"
        aria-label={t('conversations.back')}
        className="grid size-10 place-items-center rounded-full md:hidden"
      >
        <ArrowLeft aria-hidden="true" className="size-5" />
      </Link>
      <button type="button" tabIndex={-1} aria-hidden="true" onClick={onInfo} className="rounded-full">
        <Avatar id={peer?.id ?? group?.id ?? id} name={name} url={peer?.avatarUrl ?? group?.avatarUrl ?? null} />
      </button>
      <div className="min-w-0 flex-1">
        <h1 className="truncate font-semibold" dir="auto">
          {name}
        </h1>
        <p className="truncate text-sm text-soft">
          {typing.length > 0 ? (
            <TypingText userIds={typing} inGroup={group !== undefined} />
          ) : peer ? (
            <PresenceText userId={peer.id} />
          ) : (
            group && t('conversations.members', { count: group.memberCount })
          )}
        </p>
      </div>
      <Button look="icon" aria-label={t('conversations.info')} onClick={onInfo}>
        <Info aria-hidden="true" className="size-5" />
      </Button>
    </header>
  );
}

/** That somebody writes; in a group, who. */
export function TypingText({ userIds, inGroup }: { userIds: readonly string[]; inGroup: boolean }) {
  const { t } = useTranslation();
  const name = usePerson(inGroup && userIds.length === 1 ? userIds[0] : null)?.displayName;
  const text = name
    ? t('conversations.typingOne', { name: isolated(name) })
    : inGroup && userIds.length > 1
      ? t('conversations.typingMany', { count: userIds.length })
      : t('conversations.typing');
  return <span className="text-good">{text}</span>;
}

/** Whether somebody is there. @param otherwise what stands there when that is not known */
export function PresenceText({ userId, otherwise }: { userId: string; otherwise?: string }) {
  const { t, i18n } = useTranslation();
  const presence = usePresence(userId);
  const now = useNow();
  if (presence?.online) return <span className="text-good">{t('conversations.online')}</span>;
  if (!presence?.lastSeenAt) return otherwise ?? null;
  return t('conversations.lastSeen', { when: ago(presence.lastSeenAt, i18n.language, now) });
}
