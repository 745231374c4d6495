import type { User } from '@dunlin/sdk';
import { Pencil } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { dateFormat } from '../i18n/date-format.js';
import { ActionLines, ActionTiles, type Action } from '../ui/action-menu.js';
import { Portrait } from '../ui/portrait.js';
import { Trouble } from '../ui/trouble.js';
import { BefriendDialog } from './befriend-dialog.js';
import { PresenceText } from './presence-text.js';
import { tieTo } from './tie.js';
import { usePersonActions } from './use-person-actions.js';
import { useTies } from './use-ties.js';

interface PersonCardProps {
  readonly user: User;
  /** In their conversation: what stands in the place of the way to it. */
  readonly tiles?: readonly Action[];
}

/** Who somebody is, whether they are there, and what can be done about them. */
export function PersonCard({ user, tiles }: PersonCardProps) {
  const { t, i18n } = useTranslation();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const [ties, reload, failure] = useTies();
  const tie = ties && tieTo(ties, user.id);
  const { first, more, busy } = usePersonActions(user, tie, {
    onChange: reload,
    onRequest: () => setAsking(true),
    opened: tiles !== undefined,
  });
  const own = [{ text: t('people.edit'), icon: Pencil, act: () => navigate('/settings') }];
  return (
    <div className="space-y-5">
      <Portrait id={user.id} name={user.displayName} url={user.avatarUrl}>
        <span className="font-mono text-[0.8125rem]">@{user.username}</span>
        {tie?.kind !== 'self' && <PresenceText userId={user.id} />}
      </Portrait>
      {tie?.kind === 'blocked' && <Note>{t('people.youBlock')}</Note>}
      {tie?.kind === 'outgoing' && <Note>{t('people.outgoing')}</Note>}
      {tie?.kind === 'incoming' && (
        <Note>
          {t('people.incoming')}
          {tie.request.message && <q className="mt-1 block text-ink">{tie.request.message}</q>}
        </Note>
      )}
      {ties ? (
        <>
          <ActionTiles busy={busy} actions={tie?.kind === 'self' ? own : [...(tiles ?? []), ...first]} />
          <ActionLines busy={busy} actions={more} />
        </>
      ) : failure ? (
        <Trouble text={failure.text} onRetry={failure.again} />
      ) : (
        <div className="h-16 animate-pulse rounded-2xl bg-raised" />
      )}
      {asking && <BefriendDialog user={user} onSent={reload} onClose={() => setAsking(false)} />}
      <p className="text-center text-xs text-soft">
        {t('people.since', {
          when: dateFormat(i18n.language, { dateStyle: 'long' }).format(new Date(user.createdAt)),
        })}
      </p>
    </div>
  );
}

const Note = ({ children }: { children: ReactNode }) => (
  <p
    role="status"
    dir="auto"
    className="rounded-2xl bg-raised px-4 py-3 text-center text-sm text-soft [overflow-wrap:anywhere]"
  >
    {children}
  </p>
);
