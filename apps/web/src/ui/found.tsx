import { useTranslation } from 'react-i18next';

interface FoundProps {
  /** Undefined while nothing is looked for, or there is no answer yet. */
  readonly count: number | undefined;
  readonly none: string;
}

/** How a search has ended: told to all when nothing was found, and how much was to those who do not see it. */
export function Found({ count, none }: FoundProps) {
  const { t } = useTranslation();
  return (
    <div role="status" className={count === 0 ? 'py-2 text-sm text-soft' : 'sr-only'}>
      {count === undefined ? '' : count > 0 ? t('common.shown', { count }) : none}
    </div>
  );
}
