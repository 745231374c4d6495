import { useCallback, useState } from 'react';
import { useToast } from './toast.js';
import { useErrorText } from './use-error-text.js';

/** Runs what a button asks for: one at a time, and what fails is told. */
export function useAction(): [run: (work: () => Promise<unknown>) => Promise<boolean>, busy: boolean] {
  const tell = useToast();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const run = useCallback(
    async (work: () => Promise<unknown>) => {
      setBusy(true);
      try {
        await work();
        return true;
      } catch (error) {
        tell(errorText(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [tell, errorText],
  );
  return [run, busy];
}
