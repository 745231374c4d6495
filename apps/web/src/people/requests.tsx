import { everything } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { collect } from '../ui/collect.js';
import { Card, Rows } from '../ui/page.js';
import { Row } from '../ui/row.js';
import { useAction } from '../ui/use-action.js';
import { useList } from '../ui/use-list.js';

/** Requests that wait for an answer, in both directions. */
export function Requests({ onChange }: { onChange: () => void }) {
  const { t } = useTranslation();
  const { friends } = useDunlin();
  const [run, busy] = useAction();
  const load = useCallback(async () => {
    const [incoming, outgoing] = await Promise.all(
      (['incoming', 'outgoing'] as const).map((way) => collect(everything((page) => friends.requests(way, page)))),
    );
    return [...(incoming ?? []), ...(outgoing ?? [])].filter(({ status }) => status === 'pending');
  }, [friends]);
  const [items] = useList(load);
  const me = useDunlin().session.user.id;
  const answer = (work: () => Promise<unknown>) => void run(() => work().then(onChange));
  return (
    <Card title={t('people.requests')}>
      <Rows empty={t('people.noRequests')}>
        {items?.map(({ id, from, to, message }) => {
          const mine = from.id === me;
          const other = mine ? to : from;
          const note = [t(mine ? 'people.outgoing' : 'people.incoming'), message].filter(Boolean).join(' · ');
          return (
            <Row key={id} id={other.id} name={other.displayName} note={note} url={other.avatarUrl}>
              {mine ? (
                <Button disabled={busy} onClick={() => answer(() => friends.withdraw(id))}>
                  {t('people.withdraw')}
                </Button>
              ) : (
                <>
                  <Button look="primary" disabled={busy} onClick={() => answer(() => friends.accept(id))}>
                    {t('people.accept')}
                  </Button>
                  <Button disabled={busy} onClick={() => answer(() => friends.decline(id))}>
                    {t('people.decline')}
                  </Button>
                </>
              )}
            </Row>
          );
        })}
      </Rows>
    </Card>
  );
}
