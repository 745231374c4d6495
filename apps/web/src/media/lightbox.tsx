import type { Media } from '@dunlin/sdk';
import { useMediaUrl } from '@dunlin/sdk/react';
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnFocus } from '../ui/use-return-focus.js';
import type { Shown } from './shown.js';
import { useSwipe } from './use-swipe.js';
import { useZoomFrom } from './use-zoom-from.js';

const BAR_BUTTON =
  'grid size-11 place-items-center rounded-full bg-black/50 text-white hover:bg-black/70 aria-disabled:cursor-default aria-disabled:opacity-40';
const FITTING = 'm-auto max-h-dvh max-w-full object-contain p-4';

interface LightboxProps {
  /** In their order. */
  readonly pictures: readonly Shown[];
  readonly shown: Shown;
  readonly onShow: (picture: Shown) => void;
  readonly onClose: () => void;
}

/** One picture over everything, as large as the window or as it is, and the way to the next. */
export function Lightbox({ pictures, shown, onShow, onClose }: LightboxProps) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus();
  const { media } = shown;
  const { url, error } = useMediaUrl(media, 'original');
  const [zoomed, setZoomed] = useState(false);
  const [image, hold] = useZoomFrom(zoomed);
  const [broken, setBroken] = useState<string | null>(null);
  const Zoom = zoomed ? ZoomOut : ZoomIn;
  const at = pictures.findIndex(({ key }) => key === shown.key);
  const neighbour = (by: number): Shown | undefined => (at < 0 ? undefined : pictures[at + by]);
  const go = (by: number): void => {
    const next = neighbour(by);
    if (!next) return;
    setZoomed(false);
    onShow(next);
  };
  // what is larger than the window is moved by the same finger and the same keys
  const swipe = useSwipe((by) => zoomed || go(by));
  const keyed = ({ key }: KeyboardEvent): void => {
    if (key === '+' || key === '=' || key === '-') setZoomed(key !== '-');
    if (!zoomed && (key === 'ArrowLeft' || key === 'ArrowRight')) go(key === 'ArrowLeft' ? -1 : 1);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/85" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          onKeyDown={keyed}
          {...swipe}
          className={`fixed inset-0 z-50 grid overflow-auto outline-none ${zoomed ? '' : '[touch-action:pan-y_pinch-zoom]'}`}
        >
          <Dialog.Title className="sr-only">{t('media.picture')}</Dialog.Title>
          {url && broken !== url ? (
            <img
              onError={() => setBroken(url)}
              src={url}
              alt={t('media.picture')}
              ref={image}
              onClick={(event) => {
                if (!zoomed) hold(event);
                setZoomed(!zoomed);
              }}
              className={zoomed ? 'm-auto max-w-none cursor-zoom-out' : `${FITTING} cursor-zoom-in`}
            />
          ) : error || url ? (
            <p role="alert" className="m-auto p-6 text-white">
              {t('media.unavailable')}
            </p>
          ) : (
            <Foretaste media={media} />
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
              <a
                href={url}
                download={`dunlin-${media.id}.${endingOf(media)}`}
                aria-label={t('media.download')}
                className={BAR_BUTTON}
              >
                <Download aria-hidden="true" className="size-5" />
              </a>
            )}
            <Dialog.Close aria-label={t('common.close')} className={BAR_BUTTON}>
              <X aria-hidden="true" className="size-5" />
            </Dialog.Close>
          </div>
          {at >= 0 && pictures.length > 1 && (
            <>
              <Turn label={t('media.previous')} onClick={neighbour(-1) && (() => go(-1))} side="left-3">
                <ChevronLeft aria-hidden="true" className="size-6" />
              </Turn>
              <Turn label={t('media.next')} onClick={neighbour(1) && (() => go(1))} side="right-3">
                <ChevronRight aria-hidden="true" className="size-6" />
              </Turn>
              <p
                role="status"
                className="fixed top-3 left-3 flex h-11 items-center rounded-full bg-black/50 px-4 text-sm text-white tabular-nums"
              >
                <span className="sr-only">{t('media.position', { at: at + 1, total: pictures.length })}</span>
                <span aria-hidden="true">
                  {at + 1} / {pictures.length}
                </span>
              </p>
            </>
          )}
          {[-1, 1].map((by) => (
            <Ahead key={neighbour(by)?.key ?? by} media={neighbour(by)?.media} />
          ))}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** `jpeg` of `image/jpeg`. */
const endingOf = ({ mime }: Media): string => mime.split('/')[1] ?? '';

interface TurnProps {
  readonly label: string;
  readonly side: string;
  /** Undefined at the end; the button stays, so that it keeps the keyboard. */
  readonly onClick: (() => void) | undefined;
  readonly children: ReactNode;
}

const Turn = ({ label, side, onClick, children }: TurnProps) => (
  <button
    type="button"
    aria-label={label}
    aria-disabled={!onClick || undefined}
    onClick={onClick}
    className={`${BAR_BUTTON} fixed top-1/2 -translate-y-1/2 ${side}`}
  >
    {children}
  </button>
);

/** The small one in its place, until the large one is there. */
function Foretaste({ media }: { media: Media }) {
  const { url } = useMediaUrl(media.thumbnailUrl ? media : null, 'thumbnail');
  return url && <img src={url} alt="" width={media.width} height={media.height} className={FITTING} />;
}

/** Loads what comes next before it is asked for. */
function Ahead({ media }: { media: Media | undefined }) {
  useMediaUrl(media, 'original');
  return null;
}
