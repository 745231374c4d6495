import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Modal } from '../ui/modal.js';
import { plain } from '../ui/plain.js';
import { Trouble } from '../ui/trouble.js';
import { useLoaded } from '../ui/use-loaded.js';
import { PersonCard } from './person-card.js';

/** Somebody's card over the page. */
export function ProfileDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { users } = useDunlin();
  const [user, reload, failure] = useLoaded(useCallback(() => users.get(userId), [users, userId]));
  useEvent('profile:updated', ({ id }) => id === userId && reload());
  return (
    <Modal title={user ? plain(user.displayName) : t('people.profile')} titleHidden inAddress onClose={onClose}>
      {user ? (
        <PersonCard user={user} />
      ) : failure ? (
        <Trouble text={failure.text} onRetry={failure.again} />
      ) : (
        <div role="status" aria-label={t('app.loading')} className="space-y-4 pb-2">
          <div className="mx-auto size-24 animate-pulse rounded-full bg-raised" />
          <div className="mx-auto h-6 w-40 animate-pulse rounded-full bg-raised" />
          <div className="h-16 animate-pulse rounded-2xl bg-raised" />
        </div>
      )}
    </Modal>
  );
}
