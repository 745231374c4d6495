import type { Conversation } from '@dunlin/sdk';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { copyText } from '../ui/copy-text.js';
import { isolated } from '../ui/isolated.js';
import { useToast } from '../ui/toast.js';
import { nameOf } from './name-of.js';

interface LostProps {
  /** As it was. */
  readonly conversation: Conversation;
  /** What one had written in it in vain. */
  readonly text: string;
}

/** Instead of a conversation that one has just been put out of: which it was, and what is not to be lost with it. */
export function LostConversation({ conversation, text }: LostProps) {
  const { t } = useTranslation();
  const tell = useToast();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // the field that had the keyboard is gone
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  const copy = async () => tell(t((await copyText(text)) ? 'thread.copied' : 'thread.notCopied'));
  return (
    <>
      <div role="status">
        <h1 ref={heading} tabIndex={-1} className="font-medium [overflow-wrap:anywhere] outline-none">
          {conversation.group
            ? t('conversations.lost', { name: isolated(nameOf(conversation)) })
            : t('conversations.unknown')}
        </h1>
      </div>
      {text && (
        <section className="space-y-3 rounded-2xl border border-line bg-panel p-4 text-left">
          <h2 className="text-soft">{t('conversations.unsent')}</h2>
          <p
            dir="auto"
            className="max-h-[40dvh] overflow-y-auto [overflow-wrap:anywhere] whitespace-pre-wrap"
            tabIndex={0}
          >
            {text}
          </p>
          <Button onClick={() => void copy()}>{t('thread.copy')}</Button>
        </section>
      )}
    </>
  );
}
