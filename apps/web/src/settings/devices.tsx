import { useDunlin } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ago } from '../conversations/when.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/page.js';
import { useAction } from '../ui/use-action.js';
import { useList } from '../ui/use-list.js';

export function Devices() {
  const { t, i18n } = useTranslation();
  const { session } = useDunlin();
  const [run, busy] = useAction();
  const [items, reload] = useList(useCallback(() => session.list(), [session]));
  return (
    <Card title={t('settings.devices')}>
      <ul className="divide-y divide-line" aria-busy={!items}>
        {items?.map(({ id, device, current, lastUsedAt }) => {
          const name = device ?? t('settings.unnamedDevice');
          return (
            <li key={id} className="flex items-center justify-between gap-3 py-3">
              <div className="min-w-0">
                <p className="truncate font-medium" dir="auto">
                  {name}
                </p>
                <p className="text-sm text-soft">
                  {current
                    ? t('settings.thisDevice')
                    : t('settings.lastUsed', { when: ago(lastUsedAt, i18n.language) })}
                </p>
              </div>
              {!current && (
                <Button
                  disabled={busy}
                  aria-label={t('settings.signOutDevice', { device: name })}
                  onClick={() => void run(() => session.revoke(id).then(reload))}
                >
                  {t('settings.signOut')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
