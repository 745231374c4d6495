import { FileText, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { FileName } from '../media/file-name.js';
import { useObjectUrl } from '../media/use-object-url.js';

interface FileTrayProps {
  readonly files: readonly File[];
  readonly onChange: (files: readonly File[]) => void;
}

/** What is to be sent with the next message, each to be taken back. */
export function FileTray({ files, onChange }: FileTrayProps) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t('thread.attached')} className="mx-2 mb-2 flex gap-2 overflow-x-auto">
      {files.map((file, index) => (
        <li key={`${index}:${file.name}`} className="relative shrink-0">
          <Preview file={file} />
          <button
            type="button"
            aria-label={t('thread.detach', { name: file.name })}
            onClick={({ currentTarget }) => {
              // the button goes away with what it is about
              currentTarget.closest('form')?.querySelector('textarea')?.focus();
              onChange(files.filter((other) => other !== file));
            }}
            className="absolute -top-0.5 -right-0.5 grid size-6 place-items-center rounded-full bg-ink text-ground"
          >
            <X aria-hidden="true" className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { file: File }) {
  const [url, drop] = useObjectUrl(file.type.startsWith('image/') ? file : null);
  if (url) return <img src={url} alt={file.name} onError={drop} className="size-20 rounded-xl object-cover" />;
  return (
    <span className="flex h-20 w-36 items-center gap-2 rounded-xl bg-raised px-3 text-sm">
      <FileText aria-hidden="true" className="size-5 shrink-0" />
      <FileName name={file.name} />
    </span>
  );
}
