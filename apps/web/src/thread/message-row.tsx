import type { ChatMessage, User } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateFormat } from '../i18n/date-format.js';
import { useShowProfile } from '../people/show-profile.js';
import { usePerson } from '../people/use-person.js';
import { Avatar } from '../ui/avatar.js';
import { plain } from '../ui/plain.js';
import { useAction } from '../ui/use-action.js';
import { besideMessage, restBeside } from './beside.js';
import { DeliveryMark } from './delivery-mark.js';
import { MessageBody } from './message-body.js';
import { MessageMenu } from './message-menu.js';
import { Quote } from './quote.js';
import { useLongPress } from './use-long-press.js';
import { useQuoted } from './use-quoted.js';

interface MessageRowProps {
  readonly message: ChatMessage;
  readonly first: boolean;
  readonly last: boolean;
  readonly inGroup: boolean;
  /** The other one, where there is only one. */
  readonly peer: User | undefined;
  readonly focused: boolean;
  /** The one it answers to, if that is loaded. */
  readonly loadedQuote: ChatMessage | undefined;
  readonly onReply: (message: ChatMessage) => void;
  readonly onJump: (seq: number, byKeyboard: boolean) => void;
  /** A failed one is sent again: it goes to the end. */
  readonly onRetry: (key: string) => void;
}

/** What fails in the same way again. */
const HOPELESS: ReadonlySet<string> = new Set([
  'validation_failed',
  'payload_too_large',
  'unsupported_media',
  'idempotency_conflict',
]);
const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, first, last, inGroup, peer, focused, loadedQuote, onReply, onJump, onRetry } = props;
  const { t, i18n } = useTranslation();
  const showProfile = useShowProfile();
  const { messages } = useDunlin();
  const [run] = useAction();
  const [menu, setMenu] = useState(false);
  const longPress = useLongPress(() => setMenu(true));
  const { key, mine, senderId, replyTo, delivery, error, sentAt } = message;
  const hopeless = error !== null && HOPELESS.has(error.code);
  const quoted = useQuoted(message, loadedQuote);
  const person = usePerson(inGroup && !mine ? senderId : null);
  const name = plain((inGroup ? person : peer)?.displayName ?? '…');
  const time = dateFormat(i18n.language, CLOCK).format(new Date(sentAt));
  return (
    <article
      data-focused={focused || undefined}
      aria-label={mine ? t('thread.mine') : name}
      className={`group flex items-end gap-2 px-3 ${first ? 'pt-3' : 'pt-0.5'} ${mine ? 'flex-row-reverse' : ''}`}
    >
      {inGroup && !mine && (
        <span className="w-8 shrink-0">
          {last && (
            <button
              type="button"
              aria-label={t('people.profileOf', { name })}
              onClick={() => showProfile(senderId)}
              className="block rounded-full"
            >
              <Avatar id={senderId} name={name} url={person?.avatarUrl ?? null} size="sm" />
            </button>
          )}
        </span>
      )}
      <div
        {...longPress}
        className={`max-w-[min(36rem,80%)] min-w-0 overflow-clip rounded-2xl p-1.5 [overflow-clip-margin:0.25rem] transition-shadow pointer-coarse:select-none pointer-coarse:[-webkit-touch-callout:none] ${mine ? 'bg-accent text-on-accent [--focus:var(--on-accent)]' : 'border border-line bg-panel'} ${focused ? 'ring-2 ring-accent ring-offset-2 ring-offset-ground' : ''}`}
      >
        {inGroup && !mine && first && (
          <button
            type="button"
            tabIndex={-1}
            onClick={() => showProfile(senderId)}
            className="mb-0.5 block max-w-full truncate px-1.5 text-left text-xs font-semibold text-accent hover:underline"
          >
            <bdi>{name}</bdi>
          </button>
        )}
        {replyTo && <Quote message={quoted} onClick={({ detail }) => onJump(replyTo.seq, detail === 0)} />}
        <MessageBody
          message={message}
          room={mine ? `${time}\u2003\u2002` : time}
          stamp={
            <span className="flex items-center gap-1">
              <time dateTime={sentAt}>{time}</time>
              {mine && <DeliveryMark delivery={delivery} />}
            </span>
          }
        />
        {error && (
          <p className="mt-1 rounded-lg bg-panel px-2 py-1 text-xs text-danger [--focus:var(--accent)]">
            {t('thread.notSent', { reason: t(`errors.${error.code}`) })}{' '}
            <button
              type="button"
              onClick={({ currentTarget }) => {
                // the button goes away with what it is about
                (hopeless ? besideMessage(currentTarget) : restBeside(currentTarget))?.focus();
                if (hopeless) void run(() => messages.discard(key));
                else onRetry(key);
              }}
              className="font-semibold underline underline-offset-2"
            >
              {t(hopeless ? 'thread.discard' : 'common.retry')}
            </button>
          </p>
        )}
      </div>
      <MessageMenu message={message} open={menu} onOpen={setMenu} onReply={onReply} onRetry={onRetry} />
    </article>
  );
});
