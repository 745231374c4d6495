import type { Media } from '@dunlin/sdk';
import { useMediaUrl } from '@dunlin/sdk/react';
import { Download, X, ZoomIn, ZoomOut } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnFocus } from '../ui/use-return-focus.js';

const BAR_BUTTON = 'grid size-11 place-items-center rounded-full bg-black/50 text-white hover:bg-black/70';

/** One picture over everything, as large as the window or as it is. */
export function Lightbox({ media, onClose }: { media: Media; onClose: () => void }) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus();
  const { url } = useMediaUrl(media, 'original');
  const [zoomed, setZoomed] = useState(false);
  const Zoom = zoomed ? ZoomOut : ZoomIn;
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/85" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          onKeyDown={({ key }) => (key === '+' || key === '=' || key === '-') && setZoomed(key !== '-')}
          className="fixed inset-0 z-50 grid overflow-auto outline-none"
        >
          <Dialog.Title className="sr-only">{t('media.picture')}</Dialog.Title>
          {url && (
            <img
              src={url}
              alt={t('media.picture')}
              onClick={() => setZoomed(!zoomed)}
              className={
                zoomed
                  ? 'm-auto max-w-none cursor-zoom-out'
                  : 'm-auto max-h-dvh max-w-full cursor-zoom-in object-contain p-4'
              }
            />
          )}
          <div className="fixed top-3 right-3 flex gap-2">
            <button
              type="button"
              aria-label={t(zoomed ? 'media.zoomOut' : 'media.zoomIn')}
              onClick={() => setZoomed(!zoomed)}
              className={BAR_BUTTON}
            >
              <Zoom aria-hidden="true" className="size-5" />
            </button>
            {url && (
              <a href={url} download={media.id} aria-label={t('media.download')} className={BAR_BUTTON}>
                <Download aria-hidden="true" className="size-5" />
              </a>
            )}
            <Dialog.Close aria-label={t('common.close')} className={BAR_BUTTON}>
              <X aria-hidden="true" className="size-5" />
            </Dialog.Close>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
