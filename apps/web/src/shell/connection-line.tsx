import { useConnection, useDunlin } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';

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
  return (
    <div role="status" className="shrink-0">
      {parts.length > 0 && (
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
