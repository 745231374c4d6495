import { EmojiPicker as Picker, type EmojiPickerListComponents, type SkinTone } from 'frimousse';
import { Popover } from 'radix-ui';
import { useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../i18n/language.js';
import { emojiData } from './emoji-data.js';
import { isComposing } from '../ui/composing.js';
import { keep, kept } from '../ui/keep.js';

interface PickerProps {
  /** Where it stands; a click on it is its own business. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

const TONE_KEY = 'dunlin.skin-tone';
const TONES: readonly SkinTone[] = ['none', 'light', 'medium-light', 'medium', 'medium-dark', 'dark'];
const keptTone = (): SkinTone => TONES.find((tone) => tone === kept(TONE_KEY)) ?? 'none';

/** All emojis, searched as one types; arrows go through them and Enter takes one. */
export function EmojiPicker({ anchor, onPick, onClose }: PickerProps) {
  const { t, i18n } = useTranslation();
  const [tone, setTone] = useState(keptTone);
  const [search, setSearch] = useState('');
  const keepTone = (chosen: SkinTone) => {
    keep(TONE_KEY, chosen);
    setTone(chosen);
  };
  return (
    <Popover.Root open onOpenChange={(open) => open || onClose()}>
      <Popover.Anchor virtualRef={anchor as RefObject<HTMLElement>} />
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={10}
          collisionPadding={8}
          aria-label={t('emoji.label')}
          onInteractOutside={(event) => anchor.current?.contains(event.target as Node) && event.preventDefault()}
          // the one who opened it gives the focus to where the emoji went
          onCloseAutoFocus={(event) => event.preventDefault()}
          onEscapeKeyDown={(event) => isComposing(event) && event.preventDefault()}
          className="z-50 rounded-2xl border border-line bg-panel shadow-xl"
        >
          <Picker.Root
            locale={i18n.language}
            skinTone={tone}
            columns={8}
            // nothing is fetched from there: when it changes, the library asks for its data anew
            emojibaseUrl={search}
            resolveEmojiData={(language) => emojiData(language as Language, search, (name) => t(`emoji.${name}`))}
            onEmojiSelect={({ emoji }) => onPick(emoji)}
            className="isolate flex h-[min(22rem,60dvh)] w-[19.5rem] max-w-full flex-col"
          >
            <div className="flex items-center gap-1 p-2">
              <Picker.Search
                autoFocus
                // it chooses a word; the library, which listens on the document, would take an emoji
                onKeyDown={(event) => isComposing(event.nativeEvent) && event.stopPropagation()}
                onChange={({ target }) => setSearch(target.value.trim())}
                aria-label={t('emoji.search')}
                placeholder={t('emoji.search')}
                className="min-w-0 flex-1 appearance-none rounded-xl bg-raised px-3 py-2 text-sm pointer-coarse:text-base placeholder:text-soft"
              />
              <Picker.SkinTone>
                {({ skinTone, skinToneVariations }) => {
                  const at = skinToneVariations.findIndex((one) => one.skinTone === skinTone);
                  const next = skinToneVariations[(at + 1) % skinToneVariations.length];
                  return (
                    <button
                      type="button"
                      aria-label={t('emoji.skinTone')}
                      onClick={() => next && keepTone(next.skinTone)}
                      className="grid size-10 shrink-0 place-items-center rounded-xl text-xl hover:bg-raised"
                    >
                      {skinToneVariations[at]?.emoji}
                    </button>
                  );
                }}
              </Picker.SkinTone>
            </div>
            <Picker.Viewport className="relative flex-1 outline-hidden">
              <Picker.Loading className="absolute inset-0 grid place-items-center text-sm text-soft">
                {t('app.loading')}
              </Picker.Loading>
              <Picker.Empty className="absolute inset-0 grid place-items-center text-sm text-soft">
                {t('emoji.none')}
              </Picker.Empty>
              <Picker.List className="pb-2 select-none" components={PARTS} />
            </Picker.Viewport>
          </Picker.Root>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const PARTS: EmojiPickerListComponents = {
  CategoryHeader: ({ category, ...rest }) => (
    <div {...rest} className="bg-panel px-3 py-1.5 text-xs font-medium text-soft">
      {category.label}
    </div>
  ),
  // the library counts from 0, ARIA from 1
  Row: ({ children, 'aria-rowindex': row = 0, ...rest }) => (
    <div {...rest} aria-rowindex={row + 1} className="scroll-my-2 px-2">
      {children}
    </div>
  ),
  Emoji: ({ emoji, 'aria-colindex': column = 0, ...rest }) => (
    <button
      {...rest}
      aria-colindex={column + 1}
      type="button"
      title={emoji.label}
      className={`grid size-9 place-items-center rounded-lg text-2xl leading-none ${emoji.isActive ? 'bg-raised ring-2 ring-accent' : ''}`}
    >
      {emoji.emoji}
    </button>
  ),
};
