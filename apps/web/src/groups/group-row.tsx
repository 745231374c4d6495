import type { GroupCard } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { RequestDialog } from '../people/request-dialog.js';
import { Button } from '../ui/button.js';
import { isolated } from '../ui/isolated.js';
import { Row } from '../ui/row.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';

/** A group in a list: the way to it, or into it. */
export function GroupRow({ group }: { group: GroupCard }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { id, name, avatarUrl, memberCount, myRole, joinPolicy, conversationId, joinRequestedAt } = group;
  const [asking, setAsking] = useState(false);
  /** The card from which one asked; a newer one says itself whether one still waits. */
  const [askedFrom, setAskedFrom] = useState<GroupCard | null>(null);
  // a group that has been opened meanwhile lets in who waits
  const asked = askedFrom === group || (joinRequestedAt !== undefined && joinPolicy === 'approval');
  const [join, busy] = useJoin(group, () => {
    setAsking(false);
    setAskedFrom(group);
  });
  return (
    <Row
      id={id}
      name={name}
      url={avatarUrl}
      {...(myRole ? { onOpen: () => navigate(`/c/${conversationId}`) } : {})}
      note={`${t('conversations.members', { count: memberCount })} · ${t(`groups.${joinPolicy}`)}`}
    >
      {myRole ? (
        <Link
          href={`/c/${conversationId}`}
          className="inline-flex min-h-10 items-center rounded-xl bg-accent px-4 text-sm font-medium text-on-accent"
        >
          {t('groups.show')}
        </Link>
      ) : asked ? (
        <span role="status" className="text-sm text-soft">
          {t('groups.asked')}
        </span>
      ) : (
        <Button look="primary" busy={busy} onClick={() => (joinPolicy === 'approval' ? setAsking(true) : join(''))}>
          {t(joinPolicy === 'approval' ? 'groups.ask' : 'groups.join')}
        </Button>
      )}
      {asking && (
        <RequestDialog
          title={t('groups.askTitle', { name: isolated(name) })}
          busy={busy}
          onSend={join}
          onClose={() => setAsking(false)}
        />
      )}
    </Row>
  );
}

/** @param onPending once one waits for an admin */
function useJoin(group: GroupCard, onPending: () => void): [join: (message: string) => void, busy: boolean] {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const tell = useToast();
  const [, navigate] = useLocation();
  const [run, busy] = useAction();
  const join = async (message: string) => {
    const { status } = await groups.join(group.id, ...(message ? [message] : []));
    if (status === 'joined') return navigate(`/c/${group.conversationId}`);
    tell(t('groups.asked'));
    onPending();
  };
  return [(message) => void run(() => join(message)), busy];
}
