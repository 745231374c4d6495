import { DunlinError } from '@dunlin/sdk';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** A failure in the user's language. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return useCallback((error: unknown) => t(`errors.${DunlinError.from(error).code}`), [t]);
}
