import { createContext, useContext, type ReactNode } from 'react';
import { lazyPart } from '../ui/lazy-part.js';
import { useInAddress } from '../ui/use-in-address.js';

// not on the first screen
const ProfileDialog = lazyPart(async () => (await import('./profile-dialog.js')).ProfileDialog, {
  onClose: ({ onClose }) => onClose(),
});

const Show = createContext<(userId: string) => void>(() => undefined);

/** Opens somebody's card. */
export const useShowProfile = (): ((userId: string) => void) => useContext(Show);

export function ProfileProvider({ children }: { children: ReactNode }) {
  const [userId, setUserId] = useInAddress('person');
  return (
    <Show value={setUserId}>
      {children}
      {userId && <ProfileDialog key={userId} userId={userId} onClose={() => setUserId(null)} />}
    </Show>
  );
}
