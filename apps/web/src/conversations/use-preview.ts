import type { Message } from '@dunlin/sdk';
import { useSession } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** A message as one line. */
export function usePreview(): (message: Message) => string {
  const { t } = useTranslation();
  const me = useSession().user?.id;
  return useCallback(
    ({ type, content, senderId }: Message) => {
      if (type === 'system') return t('conversations.system');
      const text =
        'text' in content ? content.text : 'name' in content && content.name ? content.name : t('conversations.image');
      return senderId === me ? t('conversations.you', { text }) : text;
    },
    [t, me],
  );
}
