import type { ChatMessage, User } from '@dunlin/sdk';
import { useTimeline } from '@dunlin/sdk/react';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer } from 'virtua';
import { useSilence } from '../groups/use-silence.js';
import { dateFormat } from '../i18n/date-format.js';
import { Gallery } from '../media/gallery.js';
import { useSendable } from '../media/use-sendable.js';
import { useBefriended } from '../people/use-befriended.js';
import { useErrorText } from '../ui/use-error-text.js';
import { useToast } from '../ui/toast.js';
import { Composer } from './composer.js';
import { HistoryNote } from './history-note.js';
import { MessageRow } from './message-row.js';
import { rowsOf, type ThreadRow } from './rows.js';
import { SystemLine } from './system-line.js';
import { useComposing } from './use-composing.js';
import { useFileDrop } from './use-file-drop.js';
import { useScroll } from './use-scroll.js';

interface ThreadProps {
  readonly conversationId: string;
  /** Where to begin; otherwise at the first unread message. */
  readonly focusSeq?: number;
}

/** How long a message that one jumped to stands out. Milliseconds. */
const FOCUS_MS = 2000;
const DAY = { dateStyle: 'full' } as const;

/** A conversation's messages, and where one writes. For another conversation it needs another `key`. */
export function Thread({ conversationId, focusSeq }: ThreadProps) {
  const { t } = useTranslation();
  const shown = useTimeline(conversationId, focusSeq);
  const { conversation, messages, firstUnreadSeq, timeline, focus, loading, hasOlder, hasNewer, error } = shown;
  const rows = useMemo(() => rowsOf(messages, firstUnreadSeq, hasOlder), [messages, firstUnreadSeq, hasOlder]);
  const bySeq = useMemo(() => new Map(messages.map((message) => [message.seq, message])), [messages]);
  const { list, window, shift, atEnd, lacking, retry, onScroll, onTouch, toEnd } = useScroll(shown, rows);
  const [{ files, replyTo }, compose] = useComposing(conversationId);
  const sendable = useSendable();
  const befriended = useBefriended(conversation?.peer?.id);
  const silenced = useSilence(conversation?.group) !== null || befriended === false;
  const focused = useFocused(focus, firstUnreadSeq);
  const tell = useToast();
  const errorText = useErrorText();
  const jump = useCallback(
    (seq: number) => void timeline?.jumpTo(seq).catch((failure: unknown) => tell(errorText(failure))),
    [timeline, tell, errorText],
  );
  const news = conversation?.unread ?? 0;

  // another object each time: who answers the same one again is brought to where one writes again
  const reply = useCallback((message: ChatMessage) => compose({ replyTo: { ...message } }), [compose]);

  const attach = (chosen: Iterable<File>) => {
    const more = sendable(chosen);
    if (more.length > 0) compose({ files: [...files, ...more] });
  };

  const [dropZone, dragging] = useFileDrop(attach, !silenced);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col" {...dropZone}>
      <div className="relative flex min-h-0 flex-1 flex-col">
        <div
          ref={window}
          role="log"
          aria-label={t('thread.messages')}
          aria-live={atEnd ? 'polite' : 'off'}
          aria-busy={loading !== null}
          tabIndex={0}
          onWheel={onTouch}
          onTouchMove={onTouch}
          onKeyDown={onTouch}
          className="flex min-h-0 flex-1 flex-col overflow-y-auto pb-3 [overflow-anchor:none]"
        >
          <div className="grow" />
          {messages.length === 0 && conversation?.lastMessage === null && (
            <p className="p-6 text-center text-sm text-soft">{t('conversations.noMessages')}</p>
          )}
          <Gallery messages={messages} loaded={messages.length > 0 && loading === null}>
            <Virtualizer ref={list} shift={shift} onScroll={onScroll} data={rows}>
              {(row) => (
                <ThreadLine
                  key={row.key}
                  row={row}
                  inGroup={conversation?.type === 'group'}
                  peer={conversation?.peer}
                  bySeq={bySeq}
                  focusedSeq={focused}
                  onReply={reply}
                  onJump={jump}
                />
              )}
            </Virtualizer>
          </Gallery>
        </div>
        {(!atEnd || hasNewer) && (
          <button
            type="button"
            onClick={toEnd}
            className="absolute right-4 bottom-3 flex items-center gap-2 rounded-full border border-line bg-panel px-3 py-2 text-sm shadow-lg"
          >
            {news > 0 ? t('thread.news', { count: news }) : <span className="sr-only">{t('thread.toEnd')}</span>}
            <ArrowDown aria-hidden="true" className="size-4" />
          </button>
        )}
        {lacking && (error || loading) && <HistoryNote error={error} onRetry={retry} />}
      </div>
      {conversation && (
        <Composer
          conversation={conversation}
          replyTo={replyTo}
          onReplyDone={() => compose({ replyTo: null })}
          files={files}
          onFiles={(left) => compose({ files: left })}
          onAttach={attach}
          onSent={toEnd}
        />
      )}
      {dragging && (
        <p className="pointer-events-none absolute inset-2 z-10 grid place-items-center rounded-3xl border-2 border-dashed border-accent bg-panel/90 font-medium text-accent">
          {t('thread.drop')}
        </p>
      )}
    </div>
  );
}

interface LineProps {
  readonly row: ThreadRow;
  readonly inGroup: boolean;
  readonly peer: User | undefined;
  readonly bySeq: ReadonlyMap<number | null, ChatMessage>;
  readonly focusedSeq: number | null;
  readonly onReply: (message: ChatMessage) => void;
  readonly onJump: (seq: number) => void;
}

function ThreadLine({ row, inGroup, peer, bySeq, focusedSeq, onReply, onJump }: LineProps) {
  const { t, i18n } = useTranslation();
  if (row.kind === 'day')
    return (
      <p className="mx-auto my-3 w-fit max-w-[calc(100%-2rem)] rounded-full bg-raised px-3 py-1 text-xs font-medium text-soft">
        <time dateTime={row.at}>{dateFormat(i18n.language, DAY).format(new Date(row.at))}</time>
      </p>
    );
  if (row.kind === 'unread')
    return (
      <p className="mx-3 my-2 border-b border-accent pb-1 text-center text-xs font-semibold text-accent">
        {t('thread.unread')}
      </p>
    );
  if (row.kind === 'system') return <SystemLine message={row.message} />;
  const { message, first, last } = row;
  return (
    <MessageRow
      message={message}
      first={first}
      last={last}
      inGroup={inGroup}
      peer={peer}
      focused={message.seq !== null && message.seq === focusedSeq}
      loadedQuote={message.replyTo && bySeq.get(message.replyTo.seq)}
      onReply={onReply}
      onJump={onJump}
    />
  );
}

/** The message that one has just jumped to; the first unread one has its own line. */
function useFocused(focus: { readonly seq: number } | null, firstUnreadSeq: number | null): number | null {
  const [seq, setSeq] = useState<number | null>(null);
  useEffect(() => {
    if (!focus || focus.seq === firstUnreadSeq) return;
    setSeq(focus.seq);
    const timer = setTimeout(() => setSeq(null), FOCUS_MS);
    return () => clearTimeout(timer);
  }, [focus, firstUnreadSeq]);
  return seq;
}
