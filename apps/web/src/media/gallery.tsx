import type { ChatMessage, Media } from '@dunlin/sdk';
import { createContext, lazy, Suspense, useContext, useMemo, useState, type ReactNode } from 'react';

const Lightbox = lazy(async () => ({ default: (await import('./lightbox.js')).Lightbox }));

/** A picture in a message; the same one may have been sent twice. */
export interface Shown {
  /** The message's. */
  readonly key: string;
  readonly media: Media;
}

const Show = createContext<(picture: Shown) => void>(() => undefined);

/** Shows one of the gallery's pictures in full. */
export const useShowPicture = (): ((picture: Shown) => void) => useContext(Show);

/** Around messages: their pictures are shown in full, and one goes on from each to the next. */
export function Gallery({ messages, children }: { messages: readonly ChatMessage[]; children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const pictures = useMemo(() => (shown ? picturesIn(messages) : []), [messages, shown]);
  return (
    <Show value={setShown}>
      {children}
      <Suspense>
        {shown && <Lightbox pictures={pictures} shown={shown} onShow={setShown} onClose={() => setShown(null)} />}
      </Suspense>
    </Show>
  );
}

const picturesIn = (messages: readonly ChatMessage[]): Shown[] =>
  messages.flatMap(({ key, type, content }) =>
    type === 'image' && 'media' in content ? [{ key, media: content.media }] : [],
  );
