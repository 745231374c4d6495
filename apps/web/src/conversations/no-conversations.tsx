import { useConnection, useDunlin, useListState } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Trouble } from '../ui/trouble.js';
import { useErrorText } from '../ui/use-error-text.js';

const ROWS = 6;

/** Instead of the list: that it is empty, that it is on its way, or why it does not come. */
export function NoConversations() {
  const { t } = useTranslation();
  const { conversations } = useDunlin();
  const { complete, error } = useListState();
  const { status } = useConnection();
  const errorText = useErrorText();
  const [away, setAway] = useState(false);
  // an attempt to connect changes nothing that one sees until it has worked
  useEffect(() => {
    if (status === 'offline') setAway(true);
    if (status === 'online') setAway(false);
  }, [status]);
  if (complete) return <p className="px-6 py-10 text-center text-sm text-soft">{t('conversations.empty')}</p>;
  if (away || error)
    return (
      <Trouble
        text={away || !error ? t('errors.network') : errorText(error)}
        busy={away && status === 'connecting'}
        onRetry={() => conversations.reload()}
      />
    );
  return (
    <div role="status" aria-label={t('app.loading')} className="animate-pulse px-2">
      {Array.from({ length: ROWS }, (_, index) => (
        <div key={index} className="my-0.5 flex items-center gap-3 px-3 py-2.5">
          <span className="size-11 shrink-0 rounded-full bg-raised" />
          <span className="flex-1 space-y-2">
            <span className="block h-3.5 w-2/5 rounded-full bg-raised" />
            <span className="block h-3 w-4/5 rounded-full bg-raised" />
          </span>
        </div>
      ))}
    </div>
  );
}
