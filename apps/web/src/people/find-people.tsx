import { LIMITS, type User } from '@dunlin/sdk';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Card, Rows } from '../ui/page.js';
import { Row } from '../ui/row.js';
import { useToast } from '../ui/toast.js';
import { useAction } from '../ui/use-action.js';
import { useList } from '../ui/use-list.js';
import { useSettled } from '../ui/use-settled.js';

export function FindPeople({ onChange }: { onChange: () => void }) {
  const { t } = useTranslation();
  const { users } = useDunlin();
  const me = useSession().user?.id;
  const [query, setQuery] = useState('');
  const wanted = useSettled(query);
  const search = useCallback(async () => (wanted ? (await users.search(wanted)).items : []), [users, wanted]);
  const [found] = useList(search);
  return (
    <Card title={t('people.find')}>
      <Field
        type="search"
        label={t('people.findHint')}
        maxLength={LIMITS.query.max}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {wanted && (
        <Rows empty={t('people.nobody')}>
          {found
            ?.filter(({ id }) => id !== me)
            .map((user) => (
              <Found key={user.id} user={user} onChange={onChange} />
            ))}
        </Rows>
      )}
    </Card>
  );
}

/** Somebody found; a request wants a few words first. */
function Found({ user, onChange }: { user: User; onChange: () => void }) {
  const { t } = useTranslation();
  const { friends, blocks } = useDunlin();
  const tell = useToast();
  const [run, busy] = useAction();
  const [message, setMessage] = useState<string>();
  const send = async () => {
    const sent = await run(() => friends.request({ userId: user.id, ...(message ? { message } : {}) }));
    if (!sent) return;
    setMessage(undefined);
    tell(t('people.sent'));
    onChange();
  };
  return (
    <Row id={user.id} name={user.displayName} note={`@${user.username}`} url={user.avatarUrl}>
      {message === undefined ? (
        <>
          <Button look="primary" onClick={() => setMessage('')}>
            {t('people.request')}
          </Button>
          <Button look="danger" disabled={busy} onClick={() => void run(() => blocks.add(user.id).then(onChange))}>
            {t('people.block')}
          </Button>
        </>
      ) : (
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Field
            label={t('people.requestMessage')}
            maxLength={LIMITS.requestMessage.max}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
          <Button look="primary" type="submit" disabled={busy}>
            {t('people.send')}
          </Button>
          <Button onClick={() => setMessage(undefined)}>{t('common.cancel')}</Button>
        </form>
      )}
    </Row>
  );
}
