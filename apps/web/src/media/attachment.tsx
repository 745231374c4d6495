import type { Media } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../ui/use-action.js';
import { FileName } from './file-name.js';
import { fileSize } from './file-size.js';

/** How long a browser may take to begin with a download. */
const RELEASE_MS = 60_000;

/** A file that is not shown, but saved. */
export function Attachment({ media, name }: { media: Media; name: string }) {
  const { t, i18n } = useTranslation();
  const { media: files } = useDunlin();
  const [run, busy] = useAction();
  const save = () =>
    run(async () => {
      const { url, release } = await files.objectUrl(media, 'original');
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(release, RELEASE_MS);
    });
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      onClick={() => busy || void save()}
      className="flex max-w-full items-center gap-3 rounded-xl px-1.5 py-1 text-left transition-opacity aria-disabled:cursor-progress aria-disabled:opacity-60"
    >
      <FileText aria-hidden="true" className="size-8 shrink-0 opacity-80" />
      <span className="min-w-0">
        <span className="sr-only">{t('media.saveFile')} </span>
        <FileName name={name} className="text-sm font-medium" />
        <span className="block text-xs">{fileSize(media.size, i18n.language)}</span>
      </span>
    </button>
  );
}
