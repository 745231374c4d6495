import { everything, type GroupCard } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Button } from '../ui/button.js';
import { collect } from '../ui/collect.js';
import { Card, Rows } from '../ui/page.js';
import { PickPicture } from '../ui/pick-picture.js';
import { Row } from '../ui/row.js';
import { useAction } from '../ui/use-action.js';
import { useList } from '../ui/use-list.js';
import { MemberRow } from './member-row.js';

/** A group's members and what one's role allows. */
export function GroupDetails({ group, onGone }: { group: GroupCard; onGone: () => void }) {
  const { t } = useTranslation();
  const { groups, media } = useDunlin();
  const [, navigate] = useLocation();
  const [run, busy] = useAction();
  const { id, name, myRole } = group;
  const leads = myRole === 'owner' || myRole === 'admin';
  const [members, reload] = useList(
    useCallback(() => collect(everything((page) => groups.members.list(id, page))), [groups, id]),
  );
  useEvent('group:updated', reload);
  const go = async (question: string, work: () => Promise<unknown>) => {
    if (!window.confirm(question) || !(await run(work))) return;
    onGone();
    navigate('/');
  };
  return (
    <>
      {leads && <JoinRequests groupId={id} onChange={reload} />}
      <Card title={t('groups.members')}>
        <Rows empty="">
          {members?.map((member) => (
            <MemberRow key={member.user.id} group={group} member={member} onChange={reload} />
          ))}
        </Rows>
      </Card>
      <div className="flex flex-wrap gap-2">
        {leads && (
          <PickPicture
            label={t('groups.picture')}
            disabled={busy}
            onPick={(file) =>
              void run(async () =>
                groups.update(id, { avatarMediaId: (await media.upload(file, { name: file.name })).id }),
              )
            }
          />
        )}
        {myRole === 'owner' ? (
          <Button
            look="danger"
            disabled={busy}
            onClick={() => void go(t('groups.confirmDissolve', { name }), () => groups.dissolve(id))}
          >
            {t('groups.dissolve')}
          </Button>
        ) : (
          <Button
            look="danger"
            disabled={busy}
            onClick={() => void go(t('groups.confirmLeave', { name }), () => groups.leave(id))}
          >
            {t('groups.leave')}
          </Button>
        )}
      </div>
    </>
  );
}

function JoinRequests({ groupId, onChange }: { groupId: string; onChange: () => void }) {
  const { t } = useTranslation();
  const { joinRequests } = useDunlin().groups;
  const [run, busy] = useAction();
  const [items, reload] = useList(
    useCallback(() => collect(everything((page) => joinRequests.list(groupId, page))), [joinRequests, groupId]),
  );
  if (!items?.length) return null;
  const answer = (work: () => Promise<void>) =>
    void run(async () => {
      await work();
      reload();
      onChange();
    });
  return (
    <Card title={t('groups.requests')}>
      <Rows empty="">
        {items.map(({ user, message }) => (
          <Row key={user.id} id={user.id} name={user.displayName} url={user.avatarUrl} note={message}>
            <Button look="primary" disabled={busy} onClick={() => answer(() => joinRequests.approve(groupId, user.id))}>
              {t('people.accept')}
            </Button>
            <Button disabled={busy} onClick={() => answer(() => joinRequests.reject(groupId, user.id))}>
              {t('people.decline')}
            </Button>
          </Row>
        ))}
      </Rows>
    </Card>
  );
}
