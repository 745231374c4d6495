import { LIMITS, type ChatMessage, type Conversation, type MessageRef } from '@dunlin/sdk';
import { useDraft, useDunlin } from '@dunlin/sdk/react';
import { Paperclip, SendHorizontal, X } from 'lucide-react';
import { useRef, type ClipboardEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime } from '../conversations/when.js';
import { useSilence } from '../groups/use-silence.js';
import { useBefriended } from '../people/use-befriended.js';
import { Button } from '../ui/button.js';
import { isComposing } from '../ui/composing.js';
import { isSeen } from '../ui/is-seen.js';
import { lazyPart } from '../ui/lazy-part.js';
import { useAction } from '../ui/use-action.js';
import { EmojiButton } from './emoji-button.js';
import { FileTray } from './file-tray.js';
import { insertText } from './insert-text.js';
import { Quote } from './quote.js';
import { pastedFiles } from './says-more.js';
import { useQuoted } from './use-quoted.js';
import { hasKeyboard, useMessageField } from './use-message-field.js';

// friends are who one writes to
const StrangerBar = lazyPart(async () => (await import('../people/stranger-bar.js')).StrangerBar);

interface ComposerProps {
  readonly conversation: Conversation;
  /** What is answered, and that message if it is loaded. */
  readonly replyTo: MessageRef | null;
  /** When it becomes another one, one goes on writing. */
  readonly chosen: MessageRef | null;
  readonly replied: ChatMessage | undefined;
  readonly onReplyDone: () => void;
  readonly files: readonly File[];
  readonly onFiles: (files: readonly File[]) => void;
  /** More of them are chosen. */
  readonly onAttach: (chosen: Iterable<File>) => void;
  readonly onSent: () => void;
}

/** When this many are left, one is told. */
const NEARLY = 200;

/**
 * Where one writes. Enter sends, Shift+Enter breaks, and an input method keeps its Enter for itself. A keyboard on the screen
 * has no Shift+Enter: there Enter breaks, and the button sends.
 */
export function Composer(props: ComposerProps) {
  const { conversation, replyTo, chosen, replied, onReplyDone, files, onFiles, onAttach, onSent } = props;
  const { t, i18n } = useTranslation();
  const { messages, typing } = useDunlin();
  const [text, setText] = useDraft(conversation.id);
  const [run] = useAction();
  const { field, typed } = useMessageField(text, chosen);
  const input = useRef<HTMLInputElement>(null);
  const { id, group } = conversation;
  const mutedUntil = useSilence(group);
  const befriended = useBefriended(conversation.peer?.id);
  const quoted = useQuoted({ conversationId: conversation.id, replyTo }, replied);
  const left = LIMITS.text.max - [...text].length;
  const written = isSeen(text);
  const empty = !written && files.length === 0;

  const change = (to: string) => {
    setText(to);
    typing.active(id);
  };
  const send = () => {
    if (empty || left < 0) return;
    const reply = replyTo ? { replyTo } : {};
    void run(async () => {
      // all or none
      for (const file of files) messages.checkFile(file);
      files.forEach((file, index) =>
        // the words answer; without any, what comes first
        messages.sendFile({ conversationId: id, file, ...(index === 0 && !written ? reply : {}) }),
      );
      if (written) messages.send({ conversationId: id, text, ...reply });
      setText('');
      onFiles([]);
      onReplyDone();
      typing.stopped(id);
      onSent();
      // the button that was clicked has nothing to send any more
      field.current?.focus();
    });
  };
  const keyed = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Enter' && !event.shiftKey && (event.ctrlKey || event.metaKey || hasKeyboard())) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && replyTo) {
      onReplyDone();
    }
  };
  const pasted = (event: ClipboardEvent) => {
    const given = pastedFiles(event.clipboardData);
    if (given.length === 0) return;
    event.preventDefault();
    onAttach(given);
  };

  if (conversation.peer && befriended === false) return <StrangerBar user={conversation.peer} />;
  if (mutedUntil)
    return (
      <p role="status" className="border-t border-line bg-panel px-6 py-4.5 text-center text-sm text-soft">
        {t('thread.muted', { when: fullTime(mutedUntil, i18n.language) })}
      </p>
    );
  return (
    <form
      aria-label={t('thread.write')}
      className="border-t border-line bg-panel p-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {replyTo && (
        <div className="mx-2 mb-1 flex items-center gap-2 text-soft">
          <div className="min-w-0 flex-1">
            <Quote message={quoted} />
          </div>
          <Button look="icon" aria-label={t('thread.cancelReply')} onClick={onReplyDone}>
            <X aria-hidden="true" className="size-4" />
          </Button>
        </div>
      )}
      {files.length > 0 && <FileTray files={files} onChange={onFiles} />}
      <div className="flex items-end gap-1">
        <Button look="icon" aria-label={t('thread.attach')} onClick={() => input.current?.click()}>
          <Paperclip aria-hidden="true" className="size-5" />
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t('thread.attach')}
          onChange={({ target }) => {
            onAttach(target.files ?? []);
            target.value = '';
          }}
        />
        <EmojiButton
          onPick={(emoji) => field.current && insertText(field.current, emoji)}
          onClosed={() => field.current?.focus()}
        />
        {/* as high as its text, which is laid out below it once more: measured, it would move the thread at every key */}
        <div
          data-text={text}
          className="grid min-w-0 flex-1 after:pointer-events-none after:invisible after:max-h-50 after:overflow-hidden after:px-4 after:py-2 after:[overflow-wrap:break-word] after:whitespace-pre-wrap after:content-[attr(data-text)_'_'] after:[grid-area:1/1]"
        >
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            aria-label={t('thread.message')}
            placeholder={t('thread.message')}
            value={text}
            onChange={({ target }) => {
              typed(target.value);
              change(target.value);
            }}
            onKeyDown={keyed}
            onPaste={pasted}
            className="max-h-50 min-h-10 resize-none rounded-2xl bg-raised px-4 py-2 [grid-area:1/1] -outline-offset-1 placeholder:text-soft focus-visible:outline-1"
          />
        </div>
        <button
          type="submit"
          disabled={empty || left < 0}
          aria-label={t('thread.send')}
          className="grid size-10 shrink-0 place-items-center rounded-full bg-accent text-on-accent transition-opacity disabled:opacity-50"
        >
          <SendHorizontal aria-hidden="true" className="size-5" />
        </button>
      </div>
      {left < NEARLY && (
        <p role="status" className={`px-3 pt-1 text-xs ${left < 0 ? 'text-danger' : 'text-soft'}`}>
          {left < 0 ? t('thread.over', { count: -left }) : t('thread.left', { count: left })}
        </p>
      )}
    </form>
  );
}
