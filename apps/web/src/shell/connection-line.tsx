import { useConnection, useDunlin } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** What is over before that is nothing to tell of: it would move the page at every start. Milliseconds. */
const SOON_MS = 700;

/** Says what is wrong with the connection, and nothing when nothing is. */
export function ConnectionLine() {
  const { t } = useTranslation();
  const client = useDunlin();
  const { status, syncing, waiting, retryAt } = useConnection();
  const away = status !== 'online' && status !== 'stopped';
  const parts = [
    ...(away ? [t(retryAt === null ? 'connection.connecting' : 'connection.reconnecting')] : []),
    ...(away && waiting > 0 ? [t('connection.waiting', { count: waiting })] : []),
    ...(!away && syncing ? [t('connection.syncing')] : []),
  ];
  const lasting = useLasting(parts.length > 0);
  return (
    <div role="status" className="shrink-0">
      {(lasting || (parts.length > 0 && retryAt !== null)) && (
        <p className="flex items-center justify-center gap-3 bg-raised px-4 py-1.5 text-sm">
          {parts.join(', ')}
          {retryAt !== null && (
            <button type="button" className="font-medium text-accent underline" onClick={() => client.reconnect()}>
              {t('connection.now')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Whether it has been so for a while. */
function useLasting(so: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!so) return;
    const timer = setTimeout(() => setLasting(true), SOON_MS);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [so]);
  return so && lasting;
}
