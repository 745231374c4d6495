import type { User } from '@dunlin/sdk';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionMenu } from '../ui/action-menu.js';
import { Button } from '../ui/button.js';
import { plain } from '../ui/plain.js';
import { Row } from '../ui/row.js';
import { BefriendDialog } from './befriend-dialog.js';
import { useShowProfile } from './show-profile.js';
import { tieTo, type Tie, type Ties } from './tie.js';
import { usePersonActions } from './use-person-actions.js';

interface PersonRowProps {
  readonly user: User;
  readonly note: ReactNode;
  readonly ties: Ties | undefined;
  readonly onChange: () => void;
}

const takesBack = (tie: Tie | undefined): boolean => tie?.kind === 'outgoing' || tie?.kind === 'blocked';

/** Somebody in a list: a click opens their card, and what can be done stands beside it. */
export function PersonRow({ user, note, ties, onChange }: PersonRowProps) {
  const { t } = useTranslation();
  const showProfile = useShowProfile();
  const [asking, setAsking] = useState(false);
  const tie = ties && tieTo(ties, user.id);
  const { first, more, busy } = usePersonActions(user, tie, {
    onChange,
    onRequest: () => setAsking(true),
  });
  return (
    <Row id={user.id} name={user.displayName} note={note} url={user.avatarUrl} onOpen={() => showProfile(user.id)}>
      {first.map(({ text, act }, index) => (
        <Button key={index} look={index === 0 && !takesBack(tie) ? 'primary' : 'quiet'} busy={busy} onClick={act}>
          {text}
        </Button>
      ))}
      <ActionMenu label={t('people.actions', { name: plain(user.displayName) })} busy={busy} actions={more} />
      {asking && <BefriendDialog user={user} onSent={onChange} onClose={() => setAsking(false)} />}
    </Row>
  );
}
