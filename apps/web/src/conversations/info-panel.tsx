import type { Conversation } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { GroupDetails } from '../groups/group-details.js';
import { Avatar } from '../ui/avatar.js';
import { Button } from '../ui/button.js';
import { useAction } from '../ui/use-action.js';
import { useReturnFocus } from '../ui/use-return-focus.js';
import { nameOf } from './name-of.js';
import { PresenceText } from './thread-header.js';

interface PanelProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

/** Who or what a conversation is with, and one's own settings for it. */
export function InfoPanel({ conversation, onClose }: PanelProps) {
  const { t } = useTranslation();
  const returnFocus = useReturnFocus();
  const { conversations } = useDunlin();
  const [run, busy] = useAction();
  const { id, peer, group, muted, pinned } = conversation;
  const name = nameOf(conversation);
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="fixed inset-y-0 right-0 w-full max-w-md space-y-5 overflow-y-auto bg-panel p-5 shadow-2xl"
        >
          <header className="flex items-center gap-4">
            <Avatar id={peer?.id ?? group?.id ?? id} name={name} url={peer?.avatarUrl ?? group?.avatarUrl ?? null} />
            <div className="min-w-0 flex-1">
              <Dialog.Title className="truncate text-lg font-semibold" dir="auto">
                {name}
              </Dialog.Title>
              {peer && (
                <p className="text-sm text-soft">
                  @{peer.username} <PresenceText userId={peer.id} />
                </p>
              )}
            </div>
            <Dialog.Close asChild>
              <Button look="icon" aria-label={t('common.close')}>
                <X aria-hidden="true" className="size-5" />
              </Button>
            </Dialog.Close>
          </header>
          <div className="flex flex-wrap gap-2">
            <Button disabled={busy} onClick={() => void run(() => conversations.update(id, { muted: !muted }))}>
              {t(muted ? 'conversations.unmute' : 'conversations.mute')}
            </Button>
            <Button disabled={busy} onClick={() => void run(() => conversations.update(id, { pinned: !pinned }))}>
              {t(pinned ? 'conversations.unpin' : 'conversations.pin')}
            </Button>
          </div>
          {group && <GroupDetails group={group} onGone={onClose} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
