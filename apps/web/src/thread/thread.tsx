import type { ChatMessage, User } from '@dunlin/sdk';
import { useDunlin, useTimeline } from '@dunlin/sdk/react';
import { ArrowDown } from 'lucide-react';
import {
  memo,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type RefObject,
} from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer } from 'virtua';
import { useSilence } from '../groups/use-silence.js';
import { dateFormat } from '../i18n/date-format.js';
import { Gallery } from '../media/gallery.js';
import { useSendable } from '../media/use-sendable.js';
import { useBefriended } from '../people/use-befriended.js';
import { useAction } from '../ui/use-action.js';
import { useErrorText } from '../ui/use-error-text.js';
import { useToast } from '../ui/toast.js';
import { restBeside } from './beside.js';
import { Composer } from './composer.js';
import { HistoryNote } from './history-note.js';
import { MessageRow } from './message-row.js';
import { rowsOf, type ThreadRow } from './rows.js';
import { SystemLine } from './system-line.js';
import { useComposing } from './use-composing.js';
import { useFileDrop } from './use-file-drop.js';
import { useLogKeyboard } from './use-log-keyboard.js';
import { usePlace } from './use-place.js';
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
export const Thread = memo(function Thread({ conversationId, focusSeq }: ThreadProps) {
  const { t } = useTranslation();
  const [place, keepPlace] = usePlace(conversationId);
  const shown = useTimeline(conversationId, focusSeq ?? place?.seq);
  const { conversation, messages, firstUnreadSeq, timeline, focus, loading, hasOlder, hasNewer, error } = shown;
  const rows = useMemo(() => rowsOf(messages, firstUnreadSeq, hasOlder), [messages, firstUnreadSeq, hasOlder]);
  const bySeq = useMemo(() => new Map(messages.map((message) => [message.seq, message])), [messages]);
  const { list, window, shift, atEnd, lacking, retry, onScroll, onTouch, toEnd } = useScroll(
    shown,
    rows,
    place,
    keepPlace,
  );
  const [{ files, replyTo, chosen }, compose] = useComposing(conversationId);
  const sendable = useSendable();
  const befriended = useBefriended(conversation?.peer?.id);
  const silenced = useSilence(conversation?.group) !== null || befriended === false;
  useKeyboardBack(silenced, window);
  const focused = useFocused(focus, firstUnreadSeq, focusSeq === undefined ? place?.seq : undefined);
  const client = useDunlin();
  const [run] = useAction();
  const tell = useToast();
  const errorText = useErrorText();
  const attach = (chosen: Iterable<File>) => {
    const more = sendable(chosen);
    if (more.length > 0) compose({ files: [...files, ...more] });
  };
  const { onKeyDown, onPaste, follow } = useLogKeyboard(window, focus, attach);
  const jump = useCallback(
    (seq: number, byKeyboard: boolean) => {
      follow(byKeyboard);
      timeline?.jumpTo(seq).catch((failure: unknown) => tell(errorText(failure)));
    },
    [timeline, follow, tell, errorText],
  );
  const news = conversation?.unread ?? 0;

  // another object each time: who answers the same one again is brought to where one writes again
  const reply = useCallback(
    ({ id, seq }: ChatMessage) => id !== null && seq !== null && compose({ replyTo: { messageId: id, seq } }),
    [compose],
  );

  // as a new one: it goes to the end, and so does who sends it again
  const sendAgain = useCallback(
    (key: string) => void run(() => client.messages.retry(key).then(toEnd)),
    [run, client, toEnd],
  );

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
          onKeyDown={(event) => {
            onTouch();
            onKeyDown(event);
          }}
          onPaste={onPaste}
          className="flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-y-contain pb-3 [overflow-anchor:none]"
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
                  onRetry={sendAgain}
                />
              )}
            </Virtualizer>
          </Gallery>
        </div>
        {(!atEnd || hasNewer) && (
          <button
            type="button"
            onClick={({ currentTarget }) => {
              toEnd();
              // it goes away when one is there
              if (document.activeElement === currentTarget) window.current?.focus({ preventScroll: true });
            }}
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
          chosen={chosen}
          replied={replyTo ? bySeq.get(replyTo.seq) : undefined}
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
});

interface LineProps {
  readonly row: ThreadRow;
  readonly inGroup: boolean;
  readonly peer: User | undefined;
  readonly bySeq: ReadonlyMap<number | null, ChatMessage>;
  readonly focusedSeq: number | null;
  readonly onReply: (message: ChatMessage) => void;
  readonly onJump: (seq: number, byKeyboard: boolean) => void;
  readonly onRetry: (key: string) => void;
}

function ThreadLine({ row, inGroup, peer, bySeq, focusedSeq, onReply, onJump, onRetry }: LineProps) {
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
      onRetry={onRetry}
    />
  );
}

/**
 * Who may not write any more goes on in the thread: the field that they were in goes away, and the keyboard with it. Who may
 * again, because they have just accepted for one, goes on in the field.
 */
function useKeyboardBack(silenced: boolean, window: RefObject<HTMLElement | null>): void {
  const before = useRef(silenced);
  useLayoutEffect(() => {
    if (silenced !== before.current && document.activeElement === document.body)
      restBeside(window.current)?.focus({ preventScroll: true });
    before.current = silenced;
  }, [silenced, window]);
}

/** The message that one has just jumped to; not where the thread began: the first unread one has its own line. */
function useFocused(
  focus: { readonly seq: number } | null,
  firstUnreadSeq: number | null,
  placeSeq: number | undefined,
): number | null {
  const [seq, setSeq] = useState<number | null>(null);
  const first = useRef(focus);
  const isBegin = useEffectEvent(
    (target: { readonly seq: number }) =>
      target.seq === firstUnreadSeq || (target === first.current && target.seq === placeSeq),
  );
  useEffect(() => {
    first.current ??= focus;
    if (!focus || isBegin(focus)) return;
    setSeq(focus.seq);
    const timer = setTimeout(() => setSeq(null), FOCUS_MS);
    return () => clearTimeout(timer);
    // once for each jump, not when the line moves
  }, [focus]);
  return seq;
}
