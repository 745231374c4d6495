import { Bell } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.js';
import { notificationsUndecided, switchNotifications } from './notifications.js';

/** Offers notifications once; the browser itself is only asked when somebody takes the offer. */
export function NotificationOffer() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(notificationsUndecided);
  if (!open) return null;
  const decide = (on: boolean) => void switchNotifications(on).then(() => setOpen(false));
  return (
    <section aria-label={t('notifications.label')} className="mx-3 mb-3 rounded-2xl bg-ground p-3 text-sm">
      <p className="flex gap-2">
        <Bell aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent" />
        {t('notifications.offer')}
      </p>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={() => decide(false)}>{t('notifications.later')}</Button>
        <Button look="primary" onClick={() => decide(true)}>
          {t('notifications.turnOn')}
        </Button>
      </div>
    </section>
  );
}
