import type { ReactNode } from 'react';
import { Avatar } from './avatar.js';
import { plain } from './plain.js';

interface PortraitProps {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  /** Lines below the name. */
  readonly children: ReactNode;
}

/** A large picture with a name. */
export function Portrait({ id, name, url, children }: PortraitProps) {
  return (
    <div className="flex flex-col items-center gap-3 text-center">
      <Avatar id={id} name={name} url={url} size="xl" />
      <div className="max-w-full space-y-0.5">
        <p className="line-clamp-3 text-xl font-semibold [overflow-wrap:anywhere]" dir="auto">
          {plain(name)}
        </p>
        <p className="flex flex-col text-sm text-soft">{children}</p>
      </div>
    </div>
  );
}
