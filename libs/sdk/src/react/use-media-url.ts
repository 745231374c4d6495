import type { Media } from '@dunlin/contracts/wire';
import { useEffect, useState } from 'react';
import { DunlinError } from '../errors/dunlin-error.js';
import type { MediaVariant, ObjectUrl } from '../media/media-files.js';
import { useDunlin } from './provider.js';

interface MediaUrl {
  /** For an `img` element; null while it is loaded, or when there is none. */
  readonly url: string | null;
  readonly error: DunlinError | null;
}

const NONE: MediaUrl = { url: null, error: null };

/**
 * An image's bytes as an object URL, held while it is shown. What could not be had, and may be had later, is asked for
 * again when the connection is back.
 * @param media null for none
 */
export function useMediaUrl(media: Media | string | null | undefined, variant: MediaVariant = 'original'): MediaUrl {
  const { media: files, connection } = useDunlin();
  const address = typeof media === 'string' ? media : (media?.url ?? null);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ address: string | null; shown: MediaUrl }>({ address: null, shown: NONE });
  useEffect(() => {
    if (!media || address === null) return;
    let held: ObjectUrl | undefined;
    let over = false;
    files.objectUrl(media, variant).then(
      (loaded) => {
        held = loaded;
        if (over) held.release();
        else setState({ address, shown: { url: loaded.url, error: null } });
      },
      (error: unknown) => !over && setState({ address, shown: { url: null, error: DunlinError.from(error) } }),
    );
    return () => {
      over = true;
      held?.release();
    };
    // a message's media keeps its address for ever
  }, [files, address, variant, round]);
  const failed = state.address === address && state.shown.error?.retryable === true;
  useEffect(() => {
    if (!failed) return;
    let away = connection.getSnapshot().status !== 'online';
    return connection.subscribe(() => {
      const { status } = connection.getSnapshot();
      if (status === 'offline') away = true;
      if (status !== 'online' || !away) return;
      away = false;
      setRound((before) => before + 1);
    });
  }, [connection, failed]);
  return state.address === address ? state.shown : NONE;
}
