import { useState } from 'react';

/** For a dialog without a trigger of its own: closed, it gives the focus back to what had it when it was opened. */
export function useReturnFocus(): () => void {
  const [opener] = useState(() => document.activeElement);
  return () => opener instanceof HTMLElement && opener.focus();
}
