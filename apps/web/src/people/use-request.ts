import type { User } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';

/** Asks somebody to be friends. @param onDone once it is sent */
export function useRequest(user: User, onDone: () => void): [send: (message: string) => void, busy: boolean] {
  const { t } = useTranslation();
  const { friends } = useDunlin();
  const tell = useToast();
  const [run, busy] = useAction();
  const send = async (message: string) => {
    if (!(await run(() => friends.request({ userId: user.id, ...(message ? { message } : {}) })))) return;
    tell(t('people.sent'));
    onDone();
  };
  return [(message) => void send(message), busy];
}
