import { useTimeline } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';

export interface ThreadProps {
  readonly conversationId: string;
  /** Where to begin; otherwise at the first unread message. */
  readonly focusSeq?: number;
}

/** A conversation's messages. */
export function Thread({ conversationId, focusSeq }: ThreadProps) {
  const { t } = useTranslation();
  const { messages } = useTimeline(conversationId, focusSeq);
  return (
    <ol role="log" aria-label={t('thread.messages')} className="flex-1 space-y-2 overflow-y-auto p-4">
      {messages.map(({ key, content }) => (
        <li key={key} dir="auto" className="max-w-prose rounded-2xl bg-panel px-3 py-2 whitespace-pre-wrap">
          {'text' in content ? content.text : null}
        </li>
      ))}
    </ol>
  );
}
