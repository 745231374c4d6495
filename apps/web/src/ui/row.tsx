import type { ReactNode } from 'react';
import { Avatar } from './avatar.js';
import { plain } from './plain.js';

interface RowProps {
  readonly id: string;
  readonly name: string;
  readonly note?: ReactNode;
  readonly url: string | null;
  /** A word about it, beside the name. */
  readonly badge?: string;
  /** Shows more of it. */
  readonly onOpen?: () => void;
  readonly children?: ReactNode;
}

/** Somebody or something with a picture, and what can be done about it. */
export function Row({ id, name, note, url, badge, onOpen, children }: RowProps) {
  const face = (
    <>
      <Avatar id={id} name={name} url={url} />
      <span className="block min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <bdi className="truncate font-medium">{plain(name)}</bdi>
          {badge && <span className="shrink-0 rounded-full bg-raised px-2 py-0.5 text-xs text-soft">{badge}</span>}
        </span>
        {note && (
          <span className="block text-sm text-soft [overflow-wrap:anywhere]" dir="auto">
            {note}
          </span>
        )}
      </span>
    </>
  );
  const shape = 'flex min-w-44 flex-1 items-center gap-3 text-left';
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      {onOpen ? (
        <button type="button" onClick={onOpen} className={`${shape} -m-1.5 rounded-2xl p-1.5 hover:bg-raised`}>
          {face}
        </button>
      ) : (
        <div className={shape}>{face}</div>
      )}
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </li>
  );
}
