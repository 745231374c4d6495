import type { Conversation } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { Bell, BellOff, Pin, PinOff, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { GroupDetails } from '../groups/group-details.js';
import { PersonCard } from '../people/person-card.js';
import type { Action } from '../ui/action-menu.js';
import { Button } from '../ui/button.js';
import { isComposing } from '../ui/composing.js';
import { keepFocus } from '../ui/keep-focus.js';
import { useAction } from '../ui/use-action.js';
import { useReturnFocus } from '../ui/use-return-focus.js';
import { nameOf } from './name-of.js';

interface PanelProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

/** Who or what a conversation is with, and one's own settings for it. */
export function InfoPanel({ conversation, onClose }: PanelProps) {
  const { t } = useTranslation();
  const { conversations } = useDunlin();
  const [run] = useAction();
  const onCloseAutoFocus = useReturnFocus();
  const { id, peer, group, muted, pinned } = conversation;
  const tiles: Action[] = [
    {
      text: t(muted ? 'conversations.unmute' : 'conversations.mute'),
      icon: muted ? Bell : BellOff,
      act: () => void run(() => conversations.update(id, { muted: !muted })),
    },
    {
      text: t(pinned ? 'conversations.unpin' : 'conversations.pin'),
      icon: pinned ? PinOff : Pin,
      act: () => void run(() => conversations.update(id, { pinned: !pinned })),
    },
  ];
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          onEscapeKeyDown={(event) => isComposing(event) && event.preventDefault()}
          onCloseAutoFocus={onCloseAutoFocus}
          className="fixed inset-y-0 right-0 z-40 flex w-full flex-col bg-panel shadow-2xl outline-none sm:max-w-sm"
        >
          <header className="flex items-center gap-3 py-2 pr-3 pl-5">
            <h2 aria-hidden="true" className="flex-1 font-semibold">
              {t('conversations.info')}
            </h2>
            <Dialog.Title className="sr-only">{nameOf(conversation)}</Dialog.Title>
            <Dialog.Close asChild>
              <Button look="icon" aria-label={t('common.close')}>
                <X aria-hidden="true" className="size-5" />
              </Button>
            </Dialog.Close>
          </header>
          <div ref={keepFocus} className="min-h-0 flex-1 space-y-5 overflow-y-auto px-5 pb-6">
            {peer && <PersonCard user={peer} tiles={tiles} />}
            {group && <GroupDetails group={group} tiles={tiles} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
