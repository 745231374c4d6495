import type { ChatMessage, LocalFile } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FileName } from './file-name.js';

/** A picture or file on its way up, shown from its own bytes. */
export function SendingFile({ message, file }: { message: ChatMessage; file: LocalFile }) {
  const { t } = useTranslation();
  const { messages } = useDunlin();
  const [url, setUrl] = useState<string | null>(null);
  const { key, type, progress } = message;
  useEffect(() => {
    const blob = type === 'image' ? messages.file(key) : null;
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    setUrl(address);
    return () => URL.revokeObjectURL(address);
  }, [messages, key, type]);
  return (
    <div className="w-64 max-w-full">
      {url ? (
        <img src={url} alt={file.name} className="max-h-72 w-full rounded-xl object-cover" />
      ) : (
        <p className="flex items-center gap-2 px-1.5 py-1 text-sm">
          <FileText aria-hidden="true" className="size-6 shrink-0" />
          <FileName name={file.name} />
        </p>
      )}
      {progress !== null && (
        <progress
          aria-label={t('media.uploading', { name: file.name })}
          value={progress}
          className="mt-2 h-1.5 w-full"
        />
      )}
    </div>
  );
}
