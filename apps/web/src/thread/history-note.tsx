import type { DunlinError } from '@dunlin/sdk';
import { LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../ui/use-error-text.js';

interface HistoryNoteProps {
  /** Why what belongs here could not be loaded; null while it is on its way. */
  readonly error: DunlinError | null;
  readonly onRetry: () => void;
}

/** Over a thread that ends before its messages do: that more is on its way, or why it does not come. */
export function HistoryNote({ error, onRetry }: HistoryNoteProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <div className="pointer-events-none absolute inset-x-3 top-2 z-10 flex justify-center">
      {error ? (
        <p
          role="alert"
          className="pointer-events-auto flex flex-wrap items-center justify-center gap-x-3 rounded-2xl border border-line bg-panel px-4 py-2 text-center text-sm shadow-lg"
        >
          {t('thread.notLoaded', { reason: errorText(error) })}
          <button type="button" onClick={onRetry} className="font-medium text-accent underline underline-offset-2">
            {t('common.retry')}
          </button>
        </p>
      ) : (
        <span className="animate-late grid size-9 place-items-center rounded-full border border-line bg-panel shadow-lg">
          <LoaderCircle aria-label={t('app.loading')} role="img" className="size-5 animate-spin text-soft" />
        </span>
      )}
    </div>
  );
}
