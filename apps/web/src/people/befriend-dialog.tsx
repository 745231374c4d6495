import type { User } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { isolated } from '../ui/isolated.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';
import { RequestDialog } from './request-dialog.js';

interface BefriendDialogProps {
  readonly user: User;
  readonly onSent: () => void;
  readonly onClose: () => void;
}

/** Asks somebody to be friends, in a few words. */
export function BefriendDialog({ user, onSent, onClose }: BefriendDialogProps) {
  const { t } = useTranslation();
  const { friends } = useDunlin();
  const tell = useToast();
  const [run, busy] = useAction();
  const send = async (message: string) => {
    if (!(await run(() => friends.request({ userId: user.id, ...(message ? { message } : {}) })))) return;
    tell(t('people.sent'));
    onClose();
    onSent();
  };
  return (
    <RequestDialog
      title={t('people.requestTitle', { name: isolated(user.displayName) })}
      busy={busy}
      onSend={(message) => void send(message)}
      onClose={onClose}
    />
  );
}
