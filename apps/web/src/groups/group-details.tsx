import type { GroupCard } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { DoorOpen, Pencil, Trash2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answersTo } from '../people/answers-to.js';
import { ActionLines, ActionTiles, type Action } from '../ui/action-menu.js';
import { Button } from '../ui/button.js';
import { useConfirm, type Question } from '../ui/confirm.js';
import { isolated } from '../ui/isolated.js';
import { Rows } from '../ui/page.js';
import { Portrait } from '../ui/portrait.js';
import { SearchField } from '../ui/search-field.js';
import { useAction } from '../ui/use-action.js';
import { AddDialog } from './add-dialog.js';
import { EditDialog } from './edit-dialog.js';
import { JoinRequests } from './join-requests.js';
import { leads } from './leads.js';
import { MemberRow } from './member-row.js';
import { PanelSection } from './panel-section.js';
import { useMembers } from './use-members.js';

/** So many are shown at once. */
const SHOWN = 100;
/** With more one looks for somebody by name. */
const FEW = 8;

/** A group: its card, its members, and what one's role allows. @param tiles one's own settings for its conversation */
export function GroupDetails({ group, tiles }: { group: GroupCard; tiles: readonly Action[] }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<'edit' | 'add' | null>(null);
  const [members, reload, failure] = useMembers(group.id);
  const { id, name, avatarUrl, joinPolicy, memberCount } = group;
  const leading: Action[] = leads(group)
    ? [
        { text: t('groups.addShort'), icon: UserPlus, act: () => setDialog('add') },
        { text: t('groups.editShort'), icon: Pencil, act: () => setDialog('edit') },
      ]
    : [];
  const close = (): void => {
    setDialog(null);
    reload();
  };
  return (
    <>
      <Portrait id={id} name={name} url={avatarUrl}>
        {t('conversations.members', { count: memberCount })} · {t(`groups.${joinPolicy}`)}
      </Portrait>
      <ActionTiles busy={false} actions={[...tiles, ...leading]} />
      {leads(group) && <JoinRequests group={group} />}
      <Members key={id} group={group} members={members} failure={failure} onChange={reload} />
      <Farewell group={group} />
      {dialog === 'edit' && <EditDialog group={group} onClose={close} />}
      {dialog === 'add' && <AddDialog group={group} members={members} failure={failure} onClose={close} />}
    </>
  );
}

interface MembersProps {
  readonly group: GroupCard;
  readonly members: ReturnType<typeof useMembers>[0];
  readonly failure: ReturnType<typeof useMembers>[2];
  readonly onChange: () => void;
}

function Members({ group, members, failure, onChange }: MembersProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [most, setMost] = useState(SHOWN);
  const found = members?.filter(({ user }) => answersTo(user, query));
  return (
    <PanelSection title={t('groups.members')} count={group.memberCount}>
      {members && members.length > FEW && (
        <SearchField label={t('groups.searchMembers')} query={query} onQuery={setQuery} />
      )}
      <Rows empty={t('people.nobody')} failure={failure}>
        {found?.slice(0, most).map((member) => (
          <MemberRow key={member.user.id} group={group} member={member} onChange={onChange} />
        ))}
      </Rows>
      {found && found.length > most && (
        <Button className="w-full" onClick={() => setMost(most + SHOWN)}>
          {t('common.more')}
        </Button>
      )}
    </PanelSection>
  );
}

/** The ways out: an owner hands the group over first, or ends it. */
function Farewell({ group: { id, name, myRole } }: { group: GroupCard }) {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const confirm = useConfirm();
  const [run, busy] = useAction();
  const owns = myRole === 'owner';
  const go = async (question: Question, work: () => Promise<void>) => {
    if (await confirm({ ...question, destructive: true })) await run(work);
  };
  const words = { name: isolated(name) };
  const leave = (): void =>
    void go(
      { title: t('groups.confirmLeave', words), text: t('groups.confirmLeaveText'), action: t('groups.leave') },
      () => groups.leave(id),
    );
  const dissolve = (): void =>
    void go(
      {
        title: t('groups.confirmDissolve', words),
        text: t('groups.confirmDissolveText'),
        action: t('groups.dissolve'),
      },
      () => groups.dissolve(id),
    );
  return (
    <div className="space-y-2">
      <ActionLines
        busy={busy}
        actions={[
          owns
            ? { text: t('groups.dissolve'), icon: Trash2, destructive: true, act: dissolve }
            : { text: t('groups.leave'), icon: DoorOpen, destructive: true, act: leave },
        ]}
      />
      {owns && <p className="px-1 text-xs text-soft">{t('groups.ownerHint')}</p>}
    </div>
  );
}
