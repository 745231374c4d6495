import { useConnection, useDunlin, useLasting } from '@dunlin/sdk/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** What is over before that is nothing to tell of: it would move the page at every start. Milliseconds. */
const SOON_MS = 700;

/** Says what is wrong with the connection, and nothing when nothing is. */
export function ConnectionLine() {
  const { t } = useTranslation();
  const client = useDunlin();
  const { status, syncing, waiting, unwritten, retryAt } = useConnection();
  const kept = useLasting();
  const away = status !== 'online' && status !== 'stopped';
  const parts = [
    ...(away ? [t(retryAt === null ? 'connection.connecting' : 'connection.reconnecting')] : []),
    ...(away && waiting > 0 ? [t('connection.waiting', { count: waiting })] : []),
    ...(unwritten > 0 ? [t('connection.unwritten', { count: unwritten })] : []),
    ...(!away && syncing ? [t('connection.syncing')] : []),
  ];
  const [pressed, setPressed] = useState(false);
  const tried = away && pressed;
  const lasting = useForAWhile(parts.length > 0);
  useEffect(() => {
    if (!away) setPressed(false);
  }, [away]);
  useAskBeforeLeaving(unwritten > 0);
  return (
    <div role="status" className="shrink-0">
      {!kept && <p className="bg-raised px-4 py-1.5 text-center text-sm">{t('connection.notLasting')}</p>}
      {(lasting || (parts.length > 0 && retryAt !== null) || tried) && (
        <p className="flex items-center justify-center gap-3 bg-raised px-4 py-1.5 text-sm">
          {parts.join(', ')}
          {(retryAt !== null || tried) && (
            <TryNow
              busy={retryAt === null}
              onClick={() => {
                setPressed(true);
                client.reconnect();
              }}
            />
          )}
        </p>
      )}
    </div>
  );
}

/** It stays while it is tried, and gives the keyboard back to where that was before. */
function TryNow({ busy, onClick }: { busy: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const own = button.current;
    return () => {
      if (document.activeElement === own && before.current instanceof HTMLElement) before.current.focus();
    };
  }, []);
  return (
    <button
      ref={button}
      type="button"
      aria-disabled={busy || undefined}
      onFocus={({ relatedTarget }) => (before.current = relatedTarget)}
      onClick={() => busy || onClick()}
      className="font-medium text-accent underline aria-disabled:cursor-default aria-disabled:opacity-60"
    >
      {t('connection.now')}
    </button>
  );
}

/** Whether it has been so for a while. */
function useForAWhile(so: boolean): boolean {
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

/** The browser asks whether to close or reload the page, if somebody has done anything in it. */
function useAskBeforeLeaving(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const ask = (event: Event): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [wanted]);
}
