import { LIMITS, type User } from '@dunlin/sdk';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../ui/avatar.js';
import { plain } from '../ui/plain.js';
import { SearchField } from '../ui/search-field.js';
import { answersTo } from './answers-to.js';

interface PeoplePickerProps {
  readonly label: string;
  readonly people: readonly User[];
  readonly empty: string;
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** Several of these people, found by what is typed. */
export function PeoplePicker({ label, people, empty, chosen, onChange }: PeoplePickerProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const shown = people.filter((user) => answersTo(user, query));
  const toggle = (id: string) => {
    const now = new Set(chosen);
    if (!now.delete(id)) now.add(id);
    onChange(now);
  };
  if (people.length === 0) return <p className="py-4 text-center text-sm text-soft">{empty}</p>;
  return (
    <div className="space-y-3">
      <SearchField label={label} query={query} onQuery={setQuery} />
      {chosen.size > 0 && (
        <ul aria-label={t('people.chosen')} className="flex max-h-24 flex-wrap gap-1.5 overflow-y-auto">
          {people
            .filter(({ id }) => chosen.has(id))
            .map(({ id, displayName }) => (
              <li key={id} className="max-w-full">
                <button
                  type="button"
                  aria-label={t('people.leaveOut', { name: plain(displayName) })}
                  onClick={() => toggle(id)}
                  className="flex max-w-full items-center gap-1 rounded-full bg-raised py-1 pr-2 pl-3 text-sm hover:opacity-80"
                >
                  <bdi className="truncate">{plain(displayName)}</bdi>
                  <X aria-hidden="true" className="size-3.5 shrink-0" />
                </button>
              </li>
            ))}
        </ul>
      )}
      {shown.length === 0 ? (
        <p className="py-4 text-center text-sm text-soft">{t('people.nobody')}</p>
      ) : (
        <ul className="-mx-2">
          {shown.map((user) => (
            <li key={user.id}>
              <label className="flex cursor-pointer items-center gap-3 rounded-2xl px-2 py-2 hover:bg-raised has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent">
                <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
                <span className="min-w-0 flex-1">
                  <bdi className="block truncate text-left text-sm font-medium">{plain(user.displayName)}</bdi>
                  <span className="block truncate text-xs text-soft">@{user.username}</span>
                </span>
                <input
                  type="checkbox"
                  checked={chosen.has(user.id)}
                  disabled={!chosen.has(user.id) && chosen.size >= LIMITS.memberIds}
                  onChange={() => toggle(user.id)}
                  className="size-5 shrink-0 accent-accent outline-none"
                />
              </label>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
