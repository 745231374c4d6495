import i18next from 'i18next';
import { Smile } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../i18n/language.js';
import { Button } from '../ui/button.js';
import { Layer } from '../ui/layer.js';
import { lazyPart } from '../ui/lazy-part.js';
import { emojiFile } from './emoji-files.js';

const EmojiPicker = lazyPart(
  async () => {
    // it is nothing without them
    const emojis = emojiFile(i18next.language as Language);
    const [{ EmojiPicker }] = await Promise.all([import('./emoji-picker.js'), emojis]);
    return EmojiPicker;
  },
  { onClose: ({ onClose }) => onClose() },
);

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
      {open && <Layer onBack={close} />}
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
    </>
  );
}
