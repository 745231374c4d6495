import { DunlinError } from '@dunlin/sdk';
import { useConnection, useConversation, useDunlin, useEvent } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearchParams } from 'wouter';
import { WaitingBar } from '../groups/waiting-bar.js';
import { Thread } from '../thread/thread.js';
import { lazyPart } from '../ui/lazy-part.js';
import { Trouble } from '../ui/trouble.js';
import { useErrorText } from '../ui/use-error-text.js';
import { useInAddress } from '../ui/use-in-address.js';
import { ThreadHeader } from './thread-header.js';

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
  const [, navigate] = useLocation();
  const errorText = useErrorText();
  const missing = failure?.code === 'not_found';
  const known = conversation !== undefined;
  useEvent('group:left', ({ group }) => group?.conversationId === conversationId && navigate('/', { replace: true }));
  useEffect(() => {
    if (known) return;
    // without an answer it may well be there: it is asked for again when the connection is back
    conversations.fetch(conversationId).catch((error: unknown) => setFailure(DunlinError.from(error)));
  }, [conversations, conversationId, known, online, round]);
  const again = () => {
    setFailure(null);
    setRound(round + 1);
  };
  if (!conversation)
    return (
      <div className="m-auto space-y-4 p-6 text-center text-sm">
        {failure && !missing ? (
          <Trouble text={errorText(failure)} onRetry={again} />
        ) : (
          <p role="status" className="text-soft">
            {t(missing ? 'conversations.unknown' : 'app.loading')}
          </p>
        )}
        <Link href="/" className="inline-flex min-h-10 items-center rounded-xl bg-raised px-4 font-medium md:hidden">
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
