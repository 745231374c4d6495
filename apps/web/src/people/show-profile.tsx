import { createContext, lazy, Suspense, useContext, type ReactNode } from 'react';
import { useInAddress } from '../ui/use-in-address.js';

// not on the first screen
const ProfileDialog = lazy(async () => ({ default: (await import('./profile-dialog.js')).ProfileDialog }));

const Show = createContext<(userId: string) => void>(() => undefined);

/** Opens somebody's card. */
export const useShowProfile = (): ((userId: string) => void) => useContext(Show);

export function ProfileProvider({ children }: { children: ReactNode }) {
  const [userId, setUserId] = useInAddress('person');
  return (
    <Show value={setUserId}>
      {children}
      <Suspense>{userId && <ProfileDialog key={userId} userId={userId} onClose={() => setUserId(null)} />}</Suspense>
    </Show>
  );
}
