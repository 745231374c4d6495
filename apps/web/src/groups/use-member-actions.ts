import type { GroupCard, Member } from '@dunlin/sdk';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { Crown, ShieldMinus, ShieldPlus, UserX, Volume2, VolumeX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../ui/action-menu.js';
import { useConfirm, type Question } from '../ui/confirm.js';
import { isolated } from '../ui/isolated.js';
import { useAction } from '../ui/use-action.js';
import { serverNow } from './server-clock.js';

export const isMuted = ({ mutedUntil }: Member): boolean => mutedUntil !== null && Date.parse(mutedUntil) > serverNow();

interface Wishes {
  readonly onChange: () => void;
  /** To be asked for how long. */
  readonly onMute: () => void;
}

/** What one may do with a member: admins with members, the owner with all, nobody with themselves. */
export function useMemberActions(
  { id, name, myRole }: GroupCard,
  member: Member,
  { onChange, onMute }: Wishes,
): [actions: Action[], busy: boolean] {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const me = useSession().user?.id;
  const confirm = useConfirm();
  const [run, busy] = useAction();
  const { user, role } = member;
  const owns = myRole === 'owner';
  if (user.id === me || !(owns || (myRole === 'admin' && role === 'member'))) return [[], busy];

  const words = { name: isolated(user.displayName), group: isolated(name) };
  const change = async (work: () => Promise<unknown>, question?: Question): Promise<void> => {
    if (question && !(await confirm(question))) return;
    await run(work);
    onChange();
  };
  const update = (to: Parameters<typeof groups.members.update>[2]) => () =>
    void change(() => groups.members.update(id, user.id, to));
  const actions: Action[] = [];
  if (owns && role === 'member')
    actions.push({ text: t('groups.promote'), icon: ShieldPlus, act: update({ role: 'admin' }) });
  if (owns && role === 'admin')
    actions.push({ text: t('groups.demote'), icon: ShieldMinus, act: update({ role: 'member' }) });
  if (isMuted(member)) actions.push({ text: t('groups.unmute'), icon: Volume2, act: update({ mutedUntil: null }) });
  else actions.push({ text: t('groups.muteWhile'), icon: VolumeX, act: onMute });
  if (owns)
    actions.push({
      text: t('groups.transfer'),
      icon: Crown,
      act: () =>
        void change(() => groups.transfer(id, user.id), {
          title: t('groups.confirmTransfer', words),
          text: t('groups.confirmTransferText'),
          action: t('groups.transfer'),
          destructive: true,
        }),
    });
  actions.push({
    text: t('groups.kick'),
    icon: UserX,
    destructive: true,
    act: () =>
      void change(() => groups.members.kick(id, user.id), {
        title: t('groups.confirmKick', words),
        text: t('groups.confirmKickText'),
        action: t('groups.kick'),
        destructive: true,
      }),
  });
  return [actions, busy];
}
