import type { Conversation } from '@dunlin/sdk';
import { useTyping } from '@dunlin/sdk/react';
import { ArrowLeft, Info } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { PresenceText } from '../people/presence-text.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { backToList } from './from-list.js';
import { nameOf } from './name-of.js';
import { TypingText } from './typing-text.js';

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
        onClick={backToList}
        className="grid size-10 place-items-center rounded-full md:hidden"
      >
        <ArrowLeft aria-hidden="true" className="size-5" />
      </Link>
      <button type="button" tabIndex={-1} aria-hidden="true" onClick={onInfo} className="rounded-full">
        <Avatar id={peer?.id ?? group?.id ?? id} name={name} url={peer?.avatarUrl ?? group?.avatarUrl ?? null} />
      </button>
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-left font-semibold" dir="auto">
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
