import type { GroupCard, Member } from '@dunlin/sdk';
import { useSession } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dayAndTime, fullTime } from '../conversations/when.js';
import { PresenceText } from '../people/presence-text.js';
import { useShowProfile } from '../people/show-profile.js';
import { ActionMenu } from '../ui/action-menu.js';
import { plain } from '../ui/plain.js';
import { Row } from '../ui/row.js';
import { MuteDialog } from './mute-dialog.js';
import { useServerClock } from './server-clock.js';
import { isMuted, useMemberActions } from './use-member-actions.js';

interface MemberRowProps {
  readonly group: GroupCard;
  readonly member: Member;
  readonly onChange: () => void;
}

export function MemberRow({ group, member, onChange }: MemberRowProps) {
  const { t, i18n } = useTranslation();
  const showProfile = useShowProfile();
  const own = useSession().user?.id === member.user.id;
  const [muting, setMuting] = useState(false);
  const [actions, busy] = useMemberActions(group, member, { onChange, onMute: () => setMuting(true) });
  const { user, role, mutedUntil } = member;
  useServerClock(mutedUntil !== null);
  const note = isMuted(member) ? (
    <span title={fullTime(mutedUntil as string, i18n.language)}>
      {t('groups.muted', { when: dayAndTime(mutedUntil as string, i18n.language) })}
    </span>
  ) : own ? (
    t('groups.you')
  ) : (
    <PresenceText userId={user.id} otherwise={`@${user.username}`} />
  );
  return (
    <Row
      id={user.id}
      name={user.displayName}
      note={note}
      url={user.avatarUrl}
      {...(role === 'member' ? {} : { badge: t(`groups.${role}`) })}
      onOpen={() => showProfile(user.id)}
    >
      <ActionMenu label={t('people.actions', { name: plain(user.displayName) })} busy={busy} actions={actions} />
      {muting && <MuteDialog groupId={group.id} user={user} onClose={() => setMuting(false)} />}
    </Row>
  );
}
