import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { usePerson } from '../people/use-person.js';
import { plain } from '../ui/plain.js';
import type { Quoted } from './use-quoted.js';

interface QuoteProps {
  /** Undefined when it is not known, null when it is not for one's eyes: then there is no way to it. */
  readonly message: Quoted | null | undefined;
  readonly onClick?: (event: MouseEvent) => void;
}

/** What a message answers to, in a line. */
export function Quote({ message, onClick }: QuoteProps) {
  const { t } = useTranslation();
  const name = usePerson(message?.senderId)?.displayName;
  return (
    <button
      type="button"
      disabled={!onClick || message === null}
      onClick={onClick}
      className="mb-1 block w-full rounded-lg border-l-2 border-current px-2 py-0.5 text-left text-xs"
    >
      {name && <bdi className="block font-semibold">{plain(name)}</bdi>}
      <span dir="auto" className="line-clamp-2 [overflow-wrap:anywhere]">
        {message
          ? lineOf(message, t('conversations.image'))
          : t(message === null ? 'thread.beforeYou' : 'thread.earlier')}
      </span>
    </button>
  );
}

function lineOf({ content }: Quoted, picture: string): string {
  if ('text' in content) return content.text;
  if ('file' in content) return content.file.name;
  if ('name' in content && content.name) return content.name;
  return picture;
}
