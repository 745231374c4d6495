import type { ChatMessage, LocalFile } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { FileText, X } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { besideMessage } from '../thread/beside.js';
import { useAction } from '../ui/use-action.js';
import { FileName } from './file-name.js';
import { useObjectUrl } from './use-object-url.js';

/** A picture or file on its way up, shown from its own bytes. */
export function SendingFile({ message, file }: { message: ChatMessage; file: LocalFile }) {
  const { t } = useTranslation();
  const { messages } = useDunlin();
  const [run] = useAction();
  const { key, type, progress, delivery } = message;
  const picture = useMemo(() => (type === 'image' ? messages.file(key) : null), [messages, key, type]);
  const [url, drop] = useObjectUrl(picture);
  return (
    <div className="w-64 max-w-full">
      {url ? (
        <>
          <img src={url} alt={file.name} onError={drop} className="max-h-72 w-full rounded-xl object-cover" />
          {/* which of several it was that is refused */}
          {delivery === 'failed' && <FileName name={file.name} className="px-1.5 pt-1 text-sm" />}
        </>
      ) : (
        <p className="flex items-center gap-2 px-1.5 py-1 text-sm">
          <FileText aria-hidden="true" className="size-6 shrink-0" />
          <FileName name={file.name} />
        </p>
      )}
      {progress !== null && (
        <div className="mt-1 flex items-center gap-1.5 ps-1.5">
          <div
            role="progressbar"
            aria-label={t('media.uploading', { name: file.name })}
            aria-valuenow={Math.round(progress * 100)}
            className="h-1.5 flex-1 overflow-hidden rounded-full bg-current/25"
          >
            <div
              className="h-full rounded-full bg-current transition-[width]"
              style={{ width: `${Math.round(progress * 100)}%` }}
            />
          </div>
          <button
            type="button"
            aria-label={t('media.cancel', { name: file.name })}
            onClick={({ currentTarget }) => {
              besideMessage(currentTarget)?.focus();
              void run(() => messages.discard(key));
            }}
            className="grid size-8 shrink-0 place-items-center rounded-full hover:bg-current/15"
          >
            <X aria-hidden="true" className="size-4" />
          </button>
        </div>
      )}
    </div>
  );
}
