import type { GroupCard, Member } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PeoplePicker } from '../people/people-picker.js';
import { Button } from '../ui/button.js';
import { isolated } from '../ui/isolated.js';
import { Modal } from '../ui/modal.js';
import { useToast } from '../ui/toast.js';
import { Trouble } from '../ui/trouble.js';
import { useAction } from '../ui/use-action.js';
import type { Failure } from '../ui/use-loaded.js';
import { useFriends } from './use-friends.js';

interface AddDialogProps {
  readonly group: GroupCard;
  /** Undefined until they are there: they are not offered. */
  readonly members: readonly Member[] | undefined;
  /** Why they are not. */
  readonly failure: Failure | undefined;
  readonly onClose: () => void;
}

/** Friends of one's own, into a group. */
export function AddDialog({ group, members, failure, onClose }: AddDialogProps) {
  const { t, i18n } = useTranslation();
  const { groups } = useDunlin();
  const tell = useToast();
  const [run, busy] = useAction();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const [friends, noFriends] = useFriends();
  const missing = [friends ? undefined : noFriends, members ? undefined : failure].filter((one) => one !== undefined);
  const inside = new Set(members?.map(({ user }) => user.id));
  const add = async () => {
    const answer = await groups.members.add(group.id, [...chosen]);
    if (answer.added.length > 0) tell(t('groups.added', { count: answer.added.length }));
    if (answer.skipped.length === 0) return onClose();
    const out = new Set(answer.skipped);
    setChosen(new Set());
    setSkipped(friends?.filter(({ id }) => out.has(id)).map(({ displayName }) => isolated(displayName)) ?? []);
  };
  return (
    <Modal
      title={t('groups.add')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t(skipped.length > 0 ? 'common.close' : 'common.cancel')}</Button>
          <Button look="primary" disabled={chosen.size === 0} busy={busy} onClick={() => void run(add)}>
            {t('groups.addChosen', { count: chosen.size })}
          </Button>
        </>
      }
    >
      {skipped.length > 0 && (
        <p role="status" className="rounded-2xl bg-raised px-4 py-3 text-sm [overflow-wrap:anywhere]">
          {t('groups.skipped', { names: new Intl.ListFormat(i18n.language).format(skipped) })}
        </p>
      )}
      {missing[0] ? (
        <Trouble text={missing[0].text} onRetry={() => missing.forEach(({ again }) => again())} />
      ) : friends && members ? (
        <PeoplePicker
          label={t('groups.searchFriends')}
          people={friends.filter(({ id }) => !inside.has(id))}
          empty={t(friends.length === 0 ? 'people.noFriends' : 'groups.nobodyToAdd')}
          chosen={chosen}
          onChange={setChosen}
        />
      ) : (
        <p role="status" className="py-4 text-center text-sm text-soft">
          {t('app.loading')}
        </p>
      )}
    </Modal>
  );
}
