import { LIMITS } from '@dunlin/sdk';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** Why a server does not take a password: of one that is as long as it is to be, it is how many have it. */
export function usePasswordRefusal(): (password: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (password: string) => {
      const { length } = [...password];
      const fits = length >= LIMITS.password.min && length <= LIMITS.password.max;
      return t(fits ? 'account.passwordCommon' : 'account.passwordHint');
    },
    [t],
  );
}
