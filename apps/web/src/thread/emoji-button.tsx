import { Smile } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';

const EmojiPicker = lazy(async () => ({ default: (await import('./emoji-picker.js')).EmojiPicker }));

interface EmojiButtonProps {
  readonly onPick: (emoji: string) => void;
  /** It is closed, with or without one. */
  readonly onClosed: () => void;
}

export function EmojiButton({ onPick, onClosed }: EmojiButtonProps) {
  const { t } = useTranslation();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    onClosed();
  };
  return (
    <>
      <Button
        ref={anchor}
        look="icon"
        aria-label={t('emoji.label')}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => (open ? close() : setOpen(true))}
      >
        <Smile aria-hidden="true" className="size-5" />
      </Button>
      <Suspense>
        {open && (
          <EmojiPicker
            anchor={anchor}
            onClose={close}
            onPick={(emoji) => {
              onPick(emoji);
              close();
            }}
          />
        )}
      </Suspense>
    </>
  );
}
