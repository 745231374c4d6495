import type { ChatMessage } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { MoreHorizontal } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../ui/copy-text.js';
import { Layer } from '../ui/layer.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';
import { besideMessage, restBeside } from './beside.js';

interface MenuProps {
  readonly message: ChatMessage;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onReply: (message: ChatMessage) => void;
  readonly onRetry: (key: string) => void;
}

/** What can be done with a message, by pointer and by keyboard. */
export function MessageMenu({ message, open, onOpen, onReply, onRetry }: MenuProps) {
  const { t } = useTranslation();
  const { messages } = useDunlin();
  const tell = useToast();
  const [run] = useAction();
  const trigger = useRef<HTMLButtonElement>(null);
  const replying = useRef(false);
  const next = useRef<HTMLElement | null>(null);
  const { key, content, delivery, discardable, seq } = message;
  const text = 'text' in content ? content.text : null;
  const actions: [name: string, act: () => void][] = [];
  const copy = async (words: string): Promise<void> =>
    tell(t((await copyText(words)) ? 'thread.copied' : 'thread.notCopied'));
  const discard = (): void => {
    next.current = besideMessage(trigger.current);
    void run(() => messages.discard(key));
  };
  const retry = (): void => {
    next.current = restBeside(trigger.current);
    onRetry(key);
  };
  if (seq !== null) actions.push([t('thread.reply'), () => void (replying.current = true)]);
  if (text !== null) actions.push([t('thread.copy'), () => void copy(text)]);
  if (delivery === 'failed') actions.push([t('common.retry'), retry]);
  if (discardable) actions.push([t('thread.discard'), discard]);
  // it would open by itself as soon as there is something to do
  const vain = open && actions.length === 0;
  useEffect(() => {
    if (vain) onOpen(false);
  }, [vain, onOpen]);
  if (actions.length === 0) return <span className="size-8 shrink-0" />;
  return (
    <DropdownMenu.Root open={open} onOpenChange={onOpen}>
      {open && <Layer onBack={() => onOpen(false)} />}
      <DropdownMenu.Trigger
        ref={trigger}
        aria-label={t('thread.actions')}
        className="grid size-8 shrink-0 place-items-center rounded-full text-soft opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-raised data-[state=open]:opacity-100 pointer-coarse:opacity-60"
      >
        <MoreHorizontal aria-hidden="true" className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          // as long as it is open it keeps the focus: who answers is brought to where one writes after that
          onCloseAutoFocus={(event) => {
            if (!replying.current && !next.current) return;
            event.preventDefault();
            next.current?.focus();
            if (replying.current) onReply(message);
            replying.current = false;
            next.current = null;
          }}
          collisionPadding={8}
          className="z-50 min-w-36 rounded-xl border border-line bg-panel p-1 shadow-xl"
        >
          {actions.map(([name, act]) => (
            <DropdownMenu.Item
              key={name}
              onSelect={act}
              className="rounded-lg px-3 py-2 text-sm -outline-offset-2 outline-none data-highlighted:bg-raised forced-colors:data-highlighted:[outline:2px_solid]"
            >
              {name}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
