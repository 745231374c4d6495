import type { ReactNode } from 'react';
import { Avatar } from './avatar.js';

interface RowProps {
  readonly id: string;
  readonly name: string;
  readonly note?: ReactNode;
  readonly url: string | null;
  readonly children?: ReactNode;
}

/** Somebody or something with a picture, and what can be done about it. */
export function Row({ id, name, note, url, children }: RowProps) {
  return (
    <li className="flex flex-wrap items-center gap-3 py-3">
      <Avatar id={id} name={name} url={url} />
      <div className="min-w-32 flex-1">
        <p className="truncate font-medium" dir="auto">
          {name}
        </p>
        {note && (
          <p className="text-sm break-words text-soft" dir="auto">
            {note}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </li>
  );
}
