import { X } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Button } from './button.js';
import { Trouble } from './trouble.js';
import { useReplaced } from './use-replaced.js';

interface PartFailedProps {
  readonly onRetry: () => void;
  /** Only of what lies over the page. */
  readonly onClose?: () => void;
}

/** Instead of a part of the page that could not be loaded. */
export function PartFailed({ onRetry, onClose }: PartFailedProps) {
  const { t } = useTranslation();
  const replaced = useReplaced();
  const reload = (): void => window.location.reload();
  const trouble = replaced ? (
    <Trouble text={t('app.newVersion')} action={t('app.reload')} onRetry={reload} />
  ) : (
    <Trouble text={t('app.partFailed')} onRetry={onRetry} />
  );
  if (onClose) return <Over onClose={onClose}>{trouble}</Over>;
  return <div className="m-auto">{trouble}</div>;
}

/** By the browser's own dialog: ours may be what is missing. */
function Over({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const show = useCallback((dialog: HTMLDialogElement | null) => {
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return createPortal(
    <dialog
      ref={show}
      aria-label={t('app.partFailed')}
      onClose={onClose}
      // what lies below would take it for a click beside itself, and close
      onPointerDown={({ nativeEvent }) => nativeEvent.stopPropagation()}
      className="pointer-events-auto m-auto w-80 max-w-[calc(100%-2rem)] rounded-3xl bg-panel text-ink shadow-2xl backdrop:bg-black/50"
    >
      <Button look="icon" aria-label={t('common.close')} onClick={onClose} className="float-right m-2">
        <X aria-hidden="true" className="size-5" />
      </Button>
      {children}
    </dialog>,
    document.body,
  );
}

/** Instead of the whole page, when that is broken. */
export function PageFailed() {
  const { t } = useTranslation();
  return (
    <main className="grid min-h-full place-items-center">
      <Trouble text={t('errors.internal')} action={t('app.reload')} onRetry={() => window.location.reload()} />
    </main>
  );
}
