import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.js';
import { isComposing } from './composing.js';
import { Layer } from './layer.js';
import { useReturnFocus } from './use-return-focus.js';

export const OVERLAY = 'fixed inset-0 z-50 bg-black/50';
export const FRAME =
  'fixed z-50 flex flex-col bg-panel shadow-2xl outline-none max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[92dvh] max-sm:rounded-t-3xl sm:top-1/2 sm:left-1/2 sm:max-h-[85dvh] sm:w-[calc(100%-2rem)] sm:-translate-1/2 sm:rounded-3xl';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons that stay in sight. */
  readonly footer?: ReactNode;
  /** The title is said by what is inside. */
  readonly titleHidden?: boolean;
  /** It is named in the address, whose history closes it. */
  readonly inAddress?: boolean;
}

/** To what is asked for, not to what closes it; a keyboard on the screen would cover what comes from below. */
function enter(event: Event): void {
  event.preventDefault();
  const frame = event.currentTarget as HTMLElement;
  const asked = frame.querySelector<HTMLElement>('input:not([hidden])');
  (asked && matchMedia('(pointer: fine)').matches ? asked : frame).focus();
}

/** Something over the page; on a phone it comes from below. Escape closes it. */
export function Modal({ title, onClose, children, footer, titleHidden = false, inAddress = false }: ModalProps) {
  const { t } = useTranslation();
  const onCloseAutoFocus = useReturnFocus();
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      {!inAddress && <Layer onBack={onClose} />}
      <Dialog.Portal>
        <Dialog.Overlay className={OVERLAY} />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={enter}
          onEscapeKeyDown={(event) => isComposing(event) && event.preventDefault()}
          onCloseAutoFocus={onCloseAutoFocus}
          className={`${FRAME} sm:max-w-md`}
        >
          <header className={`flex items-start gap-3 px-5 pt-4 ${titleHidden ? '-mb-8 justify-end' : 'pb-3'}`}>
            <Dialog.Title
              dir="auto"
              className={
                titleHidden ? 'sr-only' : 'min-w-0 flex-1 pt-1.5 text-lg font-semibold [overflow-wrap:anywhere]'
              }
            >
              {title}
            </Dialog.Title>
            <Dialog.Close asChild>
              <Button look="icon" aria-label={t('common.close')} className="z-10 -mr-2">
                <X aria-hidden="true" className="size-5" />
              </Button>
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 space-y-5 overflow-y-auto px-5 pb-5">{children}</div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
              {footer}
            </footer>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
