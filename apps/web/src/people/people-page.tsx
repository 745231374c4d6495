import { useTranslation } from 'react-i18next';
import { Card, Page, Rows } from '../ui/page.js';
import { Trouble } from '../ui/trouble.js';
import { FindPeople } from './find-people.js';
import { PersonRow } from './person-row.js';
import { PresenceText } from './presence-text.js';
import { useTies } from './use-ties.js';

export function PeoplePage() {
  const { t } = useTranslation();
  const [ties, reload, failure] = useTies();
  const requests = ties && [
    ...ties.incoming.map(({ id, from, message }) => ({ id, user: from, way: 'incoming' as const, message })),
    ...ties.outgoing.map(({ id, to, message }) => ({ id, user: to, way: 'outgoing' as const, message })),
  ];
  return (
    <Page title={t('nav.people')}>
      <FindPeople ties={ties} onChange={reload} />
      {failure && !ties ? (
        <Card title={t('people.friends')}>
          <Trouble text={failure.text} onRetry={failure.again} />
        </Card>
      ) : (
        <>
          <Card title={t('people.requests')}>
            <Rows empty={t('people.noRequests')}>
              {requests?.map(({ id, user, way, message }) => (
                <PersonRow
                  key={id}
                  user={user}
                  ties={ties}
                  onChange={reload}
                  note={
                    <>
                      {t(`people.${way}`)}
                      {message && <q className="block">{message}</q>}
                    </>
                  }
                />
              ))}
            </Rows>
          </Card>
          <Card title={t('people.friends')}>
            <Rows empty={t('people.noFriends')}>
              {ties?.friends.map(({ user }) => (
                <PersonRow
                  key={user.id}
                  user={user}
                  ties={ties}
                  onChange={reload}
                  note={<PresenceText userId={user.id} otherwise={`@${user.username}`} />}
                />
              ))}
            </Rows>
          </Card>
          <Card title={t('people.blocked')}>
            <Rows empty={t('people.noBlocked')}>
              {ties?.blocks.map(({ user }) => (
                <PersonRow key={user.id} user={user} ties={ties} onChange={reload} note={`@${user.username}`} />
              ))}
            </Rows>
          </Card>
        </>
      )}
    </Page>
  );
}
