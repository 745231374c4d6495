import { DunlinError } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isolated } from '../ui/isolated.js';
import { useToast } from '../ui/toast.js';

/** Pages and programs of them, pictures that are pages among them: by their content the server refuses them as well. */
const REFUSED = /[+/]xml$|\/(?:html|(?:x-)?javascript)$/;

/** Of files that somebody chooses, those that can be sent; one is told of the others, which the server would refuse. */
export function useSendable(): (chosen: Iterable<File>) => File[] {
  const { t } = useTranslation();
  const { messages } = useDunlin();
  const tell = useToast();
  return useCallback(
    (chosen) => {
      const files = [...chosen];
      const empty = files.filter(({ size }) => size === 0);
      const [first] = empty;
      if (first)
        tell(
          empty.length === 1
            ? t('media.empty', { name: isolated(first.name) })
            : t('media.emptyMany', { count: empty.length }),
        );
      return files.filter((file) => {
        if (file.size === 0) return false;
        try {
          if (REFUSED.test(file.type)) throw new DunlinError('unsupported_media');
          messages.checkFile(file);
          return true;
        } catch (error) {
          const { code } = DunlinError.from(error);
          tell(t('media.refused', { name: isolated(file.name), reason: t(`errors.${code}`) }));
          return false;
        }
      });
    },
    [messages, t, tell],
  );
}
