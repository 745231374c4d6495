import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useDunlin, useSession } from '@dunlin/sdk/react';
import { hasChosenFiles } from '../thread/use-composing.js';
import { useConfirm } from '../ui/confirm.js';
import { Button } from '../ui/button.js';
import { Page } from '../ui/page.js';
import { useLoaded } from '../ui/use-loaded.js';
import { Appearance } from './appearance.js';
import { Devices } from './devices.js';
import { PasswordForm } from './password-form.js';
import { Profile } from './profile.js';

export function SettingsPage() {
  const { t } = useTranslation();
  const client = useDunlin();
  const { session, connection, drafts } = client;
  const me = useSession().user?.id ?? '';
  const confirm = useConfirm();
  const devices = useLoaded(useCallback(() => session.list(), [session]));
  const [, reloadDevices] = devices;
  const signOut = async () => {
    const { waiting, failed } = connection.getSnapshot();
    const unsent = waiting + failed > 0;
    const question = {
      title: t('settings.signOutTitle'),
      text: t(unsent ? 'settings.signOutQuestion' : 'settings.signOutDrafts'),
      action: t('settings.signOut'),
      destructive: true,
    };
    if ((unsent || drafts.any || hasChosenFiles(client, me)) && !(await confirm(question))) return;
    await session.signOut();
  };
  return (
    <Page
      title={t('nav.settings')}
      action={
        <Button look="danger" onClick={() => void signOut()}>
          {t('settings.signOut')}
        </Button>
      }
    >
      <Profile />
      <Appearance />
      <PasswordForm onChanged={reloadDevices} />
      <Devices devices={devices} />
    </Page>
  );
}
