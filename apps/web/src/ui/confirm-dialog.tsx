import { AlertDialog } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { Button } from './button.js';
import { FRAME, OVERLAY } from './modal.js';
import { useReturnFocus } from './use-return-focus.js';

export interface Question {
  readonly title: string;
  /** What comes of it. */
  readonly text?: string;
  /** The button that says yes, by its verb. */
  readonly action: string;
  /** Whether something ends by it. */
  readonly destructive?: boolean;
}

export function ConfirmDialog({
  title,
  text,
  action,
  destructive,
  onAnswer,
}: Question & { onAnswer: (yes: boolean) => void }) {
  const { t } = useTranslation();
  const onCloseAutoFocus = useReturnFocus();
  return (
    <AlertDialog.Root open onOpenChange={(open) => open || onAnswer(false)}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={OVERLAY} />
        <AlertDialog.Content
          {...(text ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={onCloseAutoFocus}
          className={`${FRAME} gap-2 p-5 sm:max-w-sm`}
        >
          <AlertDialog.Title dir="auto" className="text-lg font-semibold [overflow-wrap:anywhere]">
            {title}
          </AlertDialog.Title>
          {text && (
            <AlertDialog.Description dir="auto" className="text-sm text-soft [overflow-wrap:anywhere]">
              {text}
            </AlertDialog.Description>
          )}
          <div className="mt-4 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{t('common.cancel')}</Button>
            </AlertDialog.Cancel>
            <Button look={destructive ? 'destructive' : 'primary'} onClick={() => onAnswer(true)}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
