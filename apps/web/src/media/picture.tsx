import type { Media } from '@dunlin/sdk';
import { useMediaUrl } from '@dunlin/sdk/react';
import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { blurred } from './blurred.js';
import { useShowPicture } from './gallery.js';
import type { Shown } from './shown.js';

const WIDEST = 320;
const HIGHEST = 360;

/** A picture in its place: as large as it will be before it is there, and in full when it is clicked. */
export function Picture({ shown }: { shown: Shown }) {
  const { t } = useTranslation();
  const { media } = shown;
  const [broken, setBroken] = useState(false);
  const { url, error } = useMediaUrl(media, media.thumbnailUrl ? 'thumbnail' : 'original');
  const show = useShowPicture();
  const { width, height } = sizeOf(media);
  const missing = error !== null || broken;
  const ground = media.blurhash ? blurred(media.blurhash) : null;
  return (
    <button
      type="button"
      {...(missing ? {} : { 'aria-label': t('media.open') })}
      onClick={() => show(shown)}
      className="block max-w-full overflow-hidden rounded-xl bg-raised bg-cover bg-center"
      style={{ width, aspectRatio: `${width} / ${height}`, ...(ground ? { backgroundImage: `url(${ground})` } : {}) }}
    >
      {missing ? (
        <span className="flex size-full flex-col items-center justify-center gap-2 p-3 text-xs text-ink">
          <ImageOff aria-hidden="true" className="size-6 shrink-0 opacity-70" />
          {t('media.unavailable')}
        </span>
      ) : (
        url && (
          <img src={url} alt={t('media.picture')} onError={() => setBroken(true)} className="size-full object-cover" />
        )
      )}
    </button>
  );
}

/** Pixels on the page. */
function sizeOf({ width = WIDEST, height = WIDEST }: Media): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(80, Math.round(width * scale)), height: Math.max(60, Math.round(height * scale)) };
}
