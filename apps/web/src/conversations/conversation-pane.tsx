import { DunlinError } from '@dunlin/sdk';
import { useConnection, useConversation, useDunlin, useEvent } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { WaitingBar } from '../groups/waiting-bar.js';
import { Thread } from '../thread/thread.js';
import { lazyPart } from '../ui/lazy-part.js';
import { Trouble } from '../ui/trouble.js';
import { useErrorText } from '../ui/use-error-text.js';
import { useInAddress } from '../ui/use-in-address.js';
import { backToList, leaveForList } from './from-list.js';
import { LostConversation } from './lost-conversation.js';
import { ThreadHeader } from './thread-header.js';
import { useLastSeen } from './use-last-seen.js';

const InfoPanel = lazyPart(async () => (await import('./info-panel.js')).InfoPanel, {
  onClose: ({ onClose }) => onClose(),
});

/** One conversation: who it is with, its thread, and on demand its details. */
export function ConversationPane({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const { conversations } = useDunlin();
  const conversation = useConversation(conversationId);
  const online = useConnection().status === 'online';
  const [search] = useSearchParams();
  const [info, setInfo] = useInAddress('info');
  const [failure, setFailure] = useState<DunlinError | null>(null);
  const [round, setRound] = useState(0);
  const [leaving, setLeaving] = useState(false);
  const errorText = useErrorText();
  const missing = failure?.code === 'not_found';
  const known = conversation !== undefined;
  const last = useLastSeen(conversationId, conversation);
  useEvent('group:left', ({ group, reason }) => {
    if (group?.conversationId !== conversationId) return;
    // what somebody was writing when they were put out is not taken from them
    if (reason !== 'left' && last?.text) return;
    setLeaving(true);
    leaveForList();
  });
  useEffect(() => {
    if (known || leaving) return;
    // without an answer it may well be there: it is asked for again when the connection is back
    conversations.fetch(conversationId).catch((error: unknown) => setFailure(DunlinError.from(error)));
  }, [conversations, conversationId, known, leaving, online, round]);
  const again = () => {
    setFailure(null);
    setRound(round + 1);
  };
  if (leaving) return null;
  if (!conversation)
    return (
      <div className="m-auto max-w-xl min-w-0 space-y-4 p-6 text-center text-sm">
        {last ? (
          <LostConversation {...last} />
        ) : failure && !missing ? (
          <Trouble text={errorText(failure)} onRetry={again} />
        ) : (
          <p role="status" className="text-soft">
            {t(missing ? 'conversations.unknown' : 'app.loading')}
          </p>
        )}
        <Link
          href="/"
          onClick={last || missing ? leaveForList : backToList}
          className="inline-flex min-h-10 items-center rounded-xl bg-raised px-4 font-medium md:hidden"
        >
          {t('conversations.back')}
        </Link>
      </div>
    );
  const seq = Number(search.get('seq'));
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <ThreadHeader conversation={conversation} onInfo={() => setInfo('1')} />
      {conversation.group && <WaitingBar group={conversation.group} onOpen={() => setInfo('1')} />}
      <Thread conversationId={conversationId} {...(Number.isInteger(seq) && seq > 0 ? { focusSeq: seq } : {})} />
      {info && <InfoPanel conversation={conversation} onClose={() => setInfo(null)} />}
    </div>
  );
}
