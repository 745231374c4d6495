import { LIMITS } from '@dunlin/sdk';
import { Field } from './field.js';

interface SearchFieldProps {
  readonly label: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
}

/** Where one types what is looked for. */
export function SearchField({ label, query, onQuery }: SearchFieldProps) {
  return (
    <Field
      type="search"
      label={label}
      maxLength={LIMITS.query.max}
      value={query}
      onChange={(event) => onQuery(event.target.value)}
    />
  );
}
