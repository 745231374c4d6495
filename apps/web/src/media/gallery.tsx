import type { ChatMessage } from '@dunlin/sdk';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { lazyPart } from '../ui/lazy-part.js';
import { useInAddress } from '../ui/use-in-address.js';
import type { Shown } from './shown.js';

const Lightbox = lazyPart(async () => (await import('./lightbox.js')).Lightbox, {
  onClose: ({ onClose }) => onClose(),
});

const Show = createContext<(picture: Shown) => void>(() => undefined);

/** Shows one of the gallery's pictures in full. */
export const useShowPicture = (): ((picture: Shown) => void) => useContext(Show);

interface GalleryProps {
  readonly messages: readonly ChatMessage[];
  /** They are there; what is not among them is not going to be soon. */
  readonly loaded: boolean;
  readonly children: ReactNode;
}

/** Around messages: their pictures are shown in full, and one goes on from each to the next. */
export function Gallery({ messages, loaded, children }: GalleryProps) {
  const [key, setKey, drop] = useInAddress('picture');
  const [last, setLast] = useState<Shown | null>(null);
  const pictures = useMemo(() => (key === null ? [] : picturesIn(messages)), [messages, key]);
  // one that has been let go of to save memory stays as long as it is looked at
  const shown = key === null ? undefined : [...pictures, ...(last ? [last] : [])].find((one) => one.key === key);
  const missing = key !== null && loaded && !shown;
  // otherwise it would open by itself as soon as one has scrolled to it
  useEffect(() => {
    if (missing) drop();
  }, [missing, drop]);
  const show = useCallback(
    (picture: Shown) => {
      setLast(picture);
      setKey(picture.key);
    },
    [setKey],
  );
  return (
    <Show value={show}>
      {children}
      {shown && <Lightbox pictures={pictures} shown={shown} onShow={show} onClose={() => setKey(null)} />}
    </Show>
  );
}

const picturesIn = (messages: readonly ChatMessage[]): Shown[] =>
  messages.flatMap(({ key, type, content }) =>
    type === 'image' && 'media' in content ? [{ key, media: content.media }] : [],
  );
