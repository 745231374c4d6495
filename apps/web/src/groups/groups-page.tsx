import { everything, type PageQuery } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { Plus } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { collect } from '../ui/collect.js';
import { Found } from '../ui/found.js';
import { MoreRows } from '../ui/more-rows.js';
import { Card, Page, Rows } from '../ui/page.js';
import { SearchField } from '../ui/search-field.js';
import { useLoaded } from '../ui/use-loaded.js';
import { useLookAgain } from '../ui/use-look-again.js';
import { usePages } from '../ui/use-pages.js';
import { useSettled } from '../ui/use-settled.js';
import { CreateDialog } from './create-dialog.js';
import { GroupRow } from './group-row.js';

export function GroupsPage() {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [creating, setCreating] = useState(false);
  const [items, reload, failure] = useLoaded(
    useCallback(() => collect(everything((page) => groups.list(page))), [groups]),
  );
  useEvent('group:joined', reload);
  useEvent('group:left', reload);
  useEvent('group:updated', reload);
  return (
    <Page
      title={t('nav.groups')}
      action={
        <Button look="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden="true" className="size-4" />
          {t('groups.create')}
        </Button>
      }
    >
      <FindGroups />
      <Card title={t('groups.mine')}>
        <Rows empty={t('groups.noGroups')} failure={failure}>
          {items?.map((group) => (
            <GroupRow key={group.id} group={group} />
          ))}
        </Rows>
      </Card>
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function FindGroups() {
  const { t } = useTranslation();
  const { groups } = useDunlin();
  const [query, setQuery] = useState('');
  const wanted = useSettled(query);
  const { items, more, reload, failure } = usePages(
    useCallback(
      async (page: PageQuery) => (wanted ? groups.search(wanted, page) : { items: [], nextCursor: null }),
      [groups, wanted],
    ),
  );
  // that one was refused is told by no event
  useLookAgain(reload, wanted !== '');
  // let in meanwhile, or put out
  useEvent('group:joined', reload);
  useEvent('group:left', reload);
  return (
    <Card title={t('groups.find')}>
      <SearchField label={t('groups.name')} query={query} onQuery={setQuery} />
      <Found count={wanted ? items?.length : undefined} none={t('groups.noMatch')} />
      {wanted && items?.length !== 0 && (
        <Rows failure={failure}>
          {items?.map((group) => (
            <GroupRow key={group.id} group={group} />
          ))}
        </Rows>
      )}
      {wanted && <MoreRows count={items?.length} onMore={more} />}
    </Card>
  );
}
