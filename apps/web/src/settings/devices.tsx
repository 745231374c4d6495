import type { DunlinClient } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useTranslation } from 'react-i18next';
import { ago } from '../conversations/when.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/page.js';
import { useAction } from '../ui/use-action.js';
import { useConfirm } from '../ui/confirm.js';
import { isolated } from '../ui/isolated.js';
import { Trouble } from '../ui/trouble.js';
import type { useLoaded } from '../ui/use-loaded.js';

type Listed = Awaited<ReturnType<DunlinClient['session']['list']>>;

export function Devices({ devices }: { devices: ReturnType<typeof useLoaded<Listed>> }) {
  const { t, i18n } = useTranslation();
  const { session } = useDunlin();
  const [run, busy] = useAction();
  const confirm = useConfirm();
  const [items, reload, failure] = devices;
  const others = items?.filter(({ current }) => !current) ?? [];
  const end = async (ids: readonly string[], title: string) => {
    const text = t('settings.signOutDeviceText');
    if (!(await confirm({ title, text, action: t('settings.signOut'), destructive: true }))) return;
    await run(async () => {
      for (const id of ids) await session.revoke(id);
    });
    reload();
  };
  return (
    <Card title={t('settings.devices')}>
      {!items && failure && <Trouble text={failure.text} onRetry={failure.again} />}
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
                  busy={busy}
                  aria-label={t('settings.signOutDevice', { device: name })}
                  onClick={() => void end([id], t('settings.signOutDeviceTitle', { device: isolated(name) }))}
                >
                  {t('settings.signOut')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {others.length > 1 && (
        <Button
          look="danger"
          busy={busy}
          onClick={() =>
            void end(
              others.map(({ id }) => id),
              t('settings.signOutOthersTitle'),
            )
          }
        >
          {t('settings.signOutOthers')}
        </Button>
      )}
    </Card>
  );
}
