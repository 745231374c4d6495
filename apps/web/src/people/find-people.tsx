import { useDunlin } from '@dunlin/sdk/react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card, Rows } from '../ui/page.js';
import { SearchField } from '../ui/search-field.js';
import { useLoaded } from '../ui/use-loaded.js';
import { useSettled } from '../ui/use-settled.js';
import { PersonRow } from './person-row.js';
import type { Ties } from './tie.js';

export function FindPeople({ ties, onChange }: { ties: Ties | undefined; onChange: () => void }) {
  const { t } = useTranslation();
  const { users } = useDunlin();
  const [query, setQuery] = useState('');
  const wanted = useSettled(query);
  const search = useCallback(async () => (wanted ? (await users.search(wanted)).items : []), [users, wanted]);
  const [found, , failure] = useLoaded(search);
  return (
    <Card title={t('people.find')}>
      <SearchField label={t('people.findHint')} query={query} onQuery={setQuery} />
      {wanted && (
        <Rows empty={t('people.nobody')} failure={failure}>
          {found
            ?.filter(({ id }) => id !== ties?.me)
            .map((user) => (
              <PersonRow key={user.id} user={user} note={`@${user.username}`} ties={ties} onChange={onChange} />
            ))}
        </Rows>
      )}
    </Card>
  );
}
