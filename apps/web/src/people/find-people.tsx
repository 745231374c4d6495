import type { PageQuery } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Found } from '../ui/found.js';
import { MoreRows } from '../ui/more-rows.js';
import { Card, Rows } from '../ui/page.js';
import { SearchField } from '../ui/search-field.js';
import { usePages } from '../ui/use-pages.js';
import { useSettled } from '../ui/use-settled.js';
import { PersonRow } from './person-row.js';
import type { Ties } from './tie.js';

export function FindPeople({ ties, onChange }: { ties: Ties | undefined; onChange: () => void }) {
  const { t } = useTranslation();
  const { users } = useDunlin();
  const [query, setQuery] = useState('');
  const wanted = useSettled(query);
  const { items, more, failure } = usePages(
    useCallback(
      async (page: PageQuery) => (wanted ? users.search(wanted, page) : { items: [], nextCursor: null }),
      [users, wanted],
    ),
  );
  const found = items?.filter(({ id }) => id !== ties?.me);
  return (
    <Card title={t('people.find')}>
      <SearchField label={t('people.findHint')} query={query} onQuery={setQuery} />
      <Found count={wanted ? found?.length : undefined} none={t('people.nobody')} />
      {wanted && found?.length !== 0 && (
        <Rows failure={failure}>
          {found?.map((user) => (
            <PersonRow key={user.id} user={user} note={`@${user.username}`} ties={ties} onChange={onChange} />
          ))}
        </Rows>
      )}
      {wanted && <MoreRows count={items?.length} onMore={more} />}
    </Card>
  );
}
