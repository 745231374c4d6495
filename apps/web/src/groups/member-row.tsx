import type { GroupCard, Member } from '@dunlin/sdk';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { MoreHorizontal } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { fullTime } from '../conversations/when.js';
import { Button } from '../ui/button.js';
import { Row } from '../ui/row.js';
import { useAction } from '../ui/use-action.js';

const HOUR_MS = 3_600_000;

interface MemberRowProps {
  readonly group: GroupCard;
  readonly member: Member;
  readonly onChange: () => void;
}

export function MemberRow({ group, member, onChange }: MemberRowProps) {
  const { t, i18n } = useTranslation();
  const me = useSession().user?.id;
  const { user, role, mutedUntil } = member;
  const muted = mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
  const mayLead = user.id !== me && (group.myRole === 'owner' || (group.myRole === 'admin' && role === 'member'));
  const note = muted ? t('groups.muted', { when: fullTime(mutedUntil, i18n.language) }) : t(`groups.${role}`);
  return (
    <Row id={user.id} name={user.displayName} note={note} url={user.avatarUrl}>
      {mayLead && <MemberMenu group={group} member={member} muted={muted} onChange={onChange} />}
    </Row>
  );
}

function MemberMenu({
  group: { id, myRole },
  member: { user, role },
  muted,
  onChange,
}: MemberRowProps & { muted: boolean }) {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [run, busy] = useAction();
  const name = user.displayName;
  const act = (work: () => Promise<unknown>, question?: string) => {
    if (question === undefined || window.confirm(question)) void run(() => work().then(onChange));
  };
  const mute = (ms: number) => () =>
    groups.members.update(id, user.id, { mutedUntil: new Date(Date.now() + ms).toISOString() });
  const actions: [text: string, act: () => void][] = [
    ...(muted
      ? [
          [t('groups.unmute'), () => act(() => groups.members.update(id, user.id, { mutedUntil: null }))] as [
            string,
            () => void,
          ],
        ]
      : ([
          [t('groups.muteHour'), () => act(mute(HOUR_MS))],
          [t('groups.muteDay'), () => act(mute(24 * HOUR_MS))],
        ] as [string, () => void][])),
    ...(myRole === 'owner'
      ? ([
          role === 'admin'
            ? [t('groups.demote'), () => act(() => groups.members.update(id, user.id, { role: 'member' }))]
            : [t('groups.promote'), () => act(() => groups.members.update(id, user.id, { role: 'admin' }))],
          [t('groups.transfer'), () => act(() => groups.transfer(id, user.id), t('groups.confirmTransfer', { name }))],
        ] as [string, () => void][])
      : []),
    [t('groups.kick'), () => act(() => groups.members.kick(id, user.id), t('groups.confirmKick', { name }))],
  ];
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <Button look="icon" disabled={busy} aria-label={t('people.actions', { name })}>
          <MoreHorizontal aria-hidden="true" className="size-5" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          className="z-50 min-w-44 rounded-xl border border-line bg-panel p-1 shadow-xl"
        >
          {actions.map(([text, onSelect]) => (
            <DropdownMenu.Item
              key={text}
              onSelect={onSelect}
              className="rounded-lg px-3 py-2 text-sm outline-none data-highlighted:bg-raised"
            >
              {text}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
