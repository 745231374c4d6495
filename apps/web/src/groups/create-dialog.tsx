import { LIMITS, type JoinPolicy } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { PeoplePicker } from '../people/people-picker.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Modal } from '../ui/modal.js';
import { Trouble } from '../ui/trouble.js';
import { useAction } from '../ui/use-action.js';
import { PolicyChoice } from './policy-choice.js';
import { useFriends } from './use-friends.js';

const FORM = 'create-group';

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [run, busy] = useAction();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [joinPolicy, setJoinPolicy] = useState<JoinPolicy>('open');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [friends, failure] = useFriends();
  const create = async () => {
    const group = await groups.create({ name: name.trim(), joinPolicy, memberIds: [...chosen] });
    navigate(`/c/${group.conversationId}`);
  };
  return (
    <Modal
      title={t('groups.create')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" form={FORM} disabled={name.trim() === ''} busy={busy}>
            {t('common.create')}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="space-y-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && name.trim() !== '') void run(create);
        }}
      >
        <Field
          label={t('groups.name')}
          dir="auto"
          required
          autoFocus
          maxLength={LIMITS.groupName.max}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <PolicyChoice value={joinPolicy} onChange={setJoinPolicy} />
      </form>
      {!friends && failure && <Trouble text={failure.text} onRetry={failure.again} />}
      {friends && friends.length > 0 && (
        <PeoplePicker
          label={t('groups.with')}
          people={friends}
          empty={t('people.noFriends')}
          chosen={chosen}
          onChange={setChosen}
        />
      )}
    </Modal>
  );
}
