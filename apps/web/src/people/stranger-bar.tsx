import type { User } from '@dunlin/sdk';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { isolated } from '../ui/isolated.js';
import { BefriendDialog } from './befriend-dialog.js';
import { tieTo } from './tie.js';
import { usePersonActions } from './use-person-actions.js';
import { useTies } from './use-ties.js';

/** Where one would write to somebody who is no friend: why one cannot, and what can be done about it. */
export function StrangerBar({ user }: { user: User }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [ties, reload] = useTies();
  const tie = ties && tieTo(ties, user.id);
  const { first, busy } = usePersonActions(user, tie, {
    onChange: reload,
    onRequest: () => setAsking(true),
    opened: true,
  });
  const text =
    tie?.kind === 'blocked'
      ? t('people.youBlock')
      : tie?.kind === 'outgoing'
        ? t('people.sent')
        : t('people.notFriends', { name: isolated(user.displayName) });
  return (
    <div className="flex flex-wrap items-center justify-center gap-3 border-t border-line bg-panel px-4 py-3">
      <p role="status" className="min-w-0 text-sm text-soft [overflow-wrap:anywhere]">
        {text}
      </p>
      {first.map(({ text: label, act }, index) => (
        <Button
          key={index}
          look={index === 0 && tie?.kind !== 'outgoing' ? 'primary' : 'quiet'}
          busy={busy}
          onClick={act}
        >
          {label}
        </Button>
      ))}
      {asking && <BefriendDialog user={user} onSent={reload} onClose={() => setAsking(false)} />}
    </div>
  );
}
