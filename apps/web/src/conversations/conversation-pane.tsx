import { useConversation, useDunlin, useEvent } from '@dunlin/sdk/react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearchParams } from 'wouter';
import { WaitingBar } from '../groups/waiting-bar.js';
import { Thread } from '../thread/index.js';
import { ThreadHeader } from './thread-header.js';

const InfoPanel = lazy(async () => ({ default: (await import('./info-panel.js')).InfoPanel }));

/** One conversation: who it is with, its thread, and on demand its details. */
export function ConversationPane({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const { conversations } = useDunlin();
  const conversation = useConversation(conversationId);
  const [search] = useSearchParams();
  const [info, setInfo] = useState(false);
  const [missing, setMissing] = useState(false);
  const [, navigate] = useLocation();
  const known = conversation !== undefined;
  useEvent('group:left', ({ group }) => group?.conversationId === conversationId && navigate('/', { replace: true }));
  useEffect(() => {
    if (!known) conversations.fetch(conversationId).catch(() => setMissing(true));
  }, [conversations, conversationId, known]);
  if (!conversation)
    return (
      <p role="status" className="m-auto p-6 text-sm text-soft">
        {t(missing ? 'conversations.unknown' : 'app.loading')}
      </p>
    );
  const seq = Number(search.get('seq'));
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <ThreadHeader conversation={conversation} onInfo={() => setInfo(true)} />
      {conversation.group && <WaitingBar group={conversation.group} onOpen={() => setInfo(true)} />}
      <Thread conversationId={conversationId} {...(Number.isInteger(seq) && seq > 0 ? { focusSeq: seq } : {})} />
      <Suspense>{info && <InfoPanel conversation={conversation} onClose={() => setInfo(false)} />}</Suspense>
    </div>
  );
}
