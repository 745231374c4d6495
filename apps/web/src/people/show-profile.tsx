import { createContext, lazy, Suspense, useContext, useState, type ReactNode } from 'react';

// not on the first screen
const ProfileDialog = lazy(async () => ({ default: (await import('./profile-dialog.js')).ProfileDialog }));

const Show = createContext<(userId: string) => void>(() => undefined);

/** Opens somebody's card. */
export const useShowProfile = (): ((userId: string) => void) => useContext(Show);

export function ProfileProvider({ children }: { children: ReactNode }) {
  const [userId, setUserId] = useState<string | null>(null);
  return (
    <Show value={setUserId}>
      {children}
      <Suspense>{userId && <ProfileDialog key={userId} userId={userId} onClose={() => setUserId(null)} />}</Suspense>
    </Show>
  );
}
