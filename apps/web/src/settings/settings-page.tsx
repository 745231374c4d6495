import { useTranslation } from 'react-i18next';
import { useDunlin } from '@dunlin/sdk/react';
import { Button } from '../ui/button.js';
import { Page } from '../ui/page.js';
import { Appearance } from './appearance.js';
import { Devices } from './devices.js';
import { PasswordForm } from './password-form.js';
import { Profile } from './profile.js';

export function SettingsPage() {
  const { t } = useTranslation();
  const { session, connection } = useDunlin();
  const signOut = () => {
    const { waiting, failed } = connection.getSnapshot();
    if (waiting + failed === 0 || window.confirm(t('settings.signOutQuestion'))) void session.signOut();
  };
  return (
    <Page
      title={t('nav.settings')}
      action={
        <Button look="danger" onClick={signOut}>
          {t('settings.signOut')}
        </Button>
      }
    >
      <Profile />
      <Appearance />
      <PasswordForm />
      <Devices />
    </Page>
  );
}
