import { everything } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { PresenceText } from '../conversations/thread-header.js';
import { Button } from '../ui/button.js';
import { collect } from '../ui/collect.js';
import { Card, Page, Rows } from '../ui/page.js';
import { Row } from '../ui/row.js';
import { useAction } from '../ui/use-action.js';
import { useList } from '../ui/use-list.js';
import { FindPeople } from './find-people.js';
import { Requests } from './requests.js';

export function PeoplePage() {
  const { t } = useTranslation();
  // what one list changes shows in the others
  const [round, setRound] = useState(0);
  const changed = useCallback(() => setRound((before) => before + 1), []);
  useEvent('friend:request', changed);
  useEvent('friend:added', changed);
  useEvent('friend:removed', changed);
  return (
    <Page title={t('nav.people')}>
      <FindPeople onChange={changed} />
      <Requests key={`requests-${round}`} onChange={changed} />
      <FriendList key={`friends-${round}`} onChange={changed} />
      <BlockList key={`blocks-${round}`} onChange={changed} />
    </Page>
  );
}

function FriendList({ onChange }: { onChange: () => void }) {
  const { t } = useTranslation();
  const { friends, blocks, conversations } = useDunlin();
  const [, navigate] = useLocation();
  const [run, busy] = useAction();
  const [items] = useList(useCallback(() => collect(everything((page) => friends.list(page))), [friends]));
  return (
    <Card title={t('people.friends')}>
      <Rows empty={t('people.noFriends')}>
        {items?.map(({ user }) => (
          <Row
            key={user.id}
            id={user.id}
            name={user.displayName}
            url={user.avatarUrl}
            note={<PresenceText userId={user.id} />}
          >
            <Button
              look="primary"
              disabled={busy}
              onClick={() => void run(async () => navigate(`/c/${(await conversations.openDirect(user.id)).id}`))}
            >
              {t('people.message')}
            </Button>
            <Button disabled={busy} onClick={() => void run(() => friends.remove(user.id).then(onChange))}>
              {t('people.remove')}
            </Button>
            <Button look="danger" disabled={busy} onClick={() => void run(() => blocks.add(user.id).then(onChange))}>
              {t('people.block')}
            </Button>
          </Row>
        ))}
      </Rows>
    </Card>
  );
}

function BlockList({ onChange }: { onChange: () => void }) {
  const { t } = useTranslation();
  const { blocks } = useDunlin();
  const [run, busy] = useAction();
  const [items] = useList(useCallback(() => collect(everything((page) => blocks.list(page))), [blocks]));
  return (
    <Card title={t('people.blocked')}>
      <Rows empty={t('people.noBlocked')}>
        {items?.map(({ user }) => (
          <Row key={user.id} id={user.id} name={user.displayName} url={user.avatarUrl} note={`@${user.username}`}>
            <Button disabled={busy} onClick={() => void run(() => blocks.remove(user.id).then(onChange))}>
              {t('people.unblock')}
            </Button>
          </Row>
        ))}
      </Rows>
    </Card>
  );
}
