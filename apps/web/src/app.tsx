import { useSession } from '@dunlin/sdk/react';
import { SignInPage } from './account/sign-in-page.js';
import { Shell } from './shell/shell.js';
import { Splash } from './shell/splash.js';
import { ConfirmProvider } from './ui/confirm.js';
import { ToastProvider } from './ui/toast.js';

export function App() {
  const { status, user } = useSession();
  return (
    // what was said or asked is nobody else's business
    <ToastProvider key={user?.id}>
      <ConfirmProvider>
        {status === 'restoring' ? <Splash /> : user ? <Shell key={user.id} /> : <SignInPage />}
      </ConfirmProvider>
    </ToastProvider>
  );
}
