import { everything, type GroupCard } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useShowProfile } from '../people/show-profile.js';
import { Button } from '../ui/button.js';
import { collect } from '../ui/collect.js';
import { Rows } from '../ui/page.js';
import { plain } from '../ui/plain.js';
import { Row } from '../ui/row.js';
import { useAction } from '../ui/use-action.js';
import { useLoaded } from '../ui/use-loaded.js';
import { leads } from './leads.js';
import { PanelSection } from './panel-section.js';

/** Who waits to be let in, in their own words. */
export function JoinRequests({ group: { id } }: { group: GroupCard }) {
  const { t } = useTranslation();
  const { joinRequests } = useDunlin().groups;
  const showProfile = useShowProfile();
  const [run, busy] = useAction();
  const [items, reload] = useLoaded(
    useCallback(() => collect(everything((page) => joinRequests.list(id, page))), [joinRequests, id]),
  );
  useEvent('group:requests', ({ groupId }) => groupId === id && reload());
  useEvent('group:updated', (card) => card.id === id && leads(card) && reload());
  if (!items?.length) return null;
  const answer = async (work: () => Promise<void>) => {
    await run(work);
    reload();
  };
  return (
    <PanelSection title={t('groups.requests')} count={items.length}>
      <Rows empty="">
        {items.map(({ user, message }) => (
          <Row
            key={user.id}
            id={user.id}
            name={user.displayName}
            url={user.avatarUrl}
            note={message ? <q>{message}</q> : `@${user.username}`}
            onOpen={() => showProfile(user.id)}
          >
            <Button
              look="primary"
              busy={busy}
              aria-label={t('groups.approveOne', { name: plain(user.displayName) })}
              onClick={() => void answer(() => joinRequests.approve(id, user.id))}
            >
              {t('groups.approve')}
            </Button>
            <Button
              busy={busy}
              aria-label={t('groups.rejectOne', { name: plain(user.displayName) })}
              onClick={() => void answer(() => joinRequests.reject(id, user.id))}
            >
              {t('groups.reject')}
            </Button>
          </Row>
        ))}
      </Rows>
    </PanelSection>
  );
}
