import type { ChatMessage } from '@dunlin/sdk';
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';

const MARKS = { pending: Clock, stored: Check, read: CheckCheck, failed: CircleAlert } as const;

/** How far one's own message has come. */
export function DeliveryMark({ delivery }: Pick<ChatMessage, 'delivery'>) {
  const { t } = useTranslation();
  const Mark = MARKS[delivery];
  return <Mark role="img" aria-label={t(`thread.${delivery}`)} className="size-3.5" />;
}
