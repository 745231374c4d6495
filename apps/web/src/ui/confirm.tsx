import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';
import type { Question } from './confirm-dialog.js';
import { Layer } from './layer.js';
import { lazyPart } from './lazy-part.js';

// nobody is asked anything on the first screen
const ConfirmDialog = lazyPart(async () => (await import('./confirm-dialog.js')).ConfirmDialog, {
  onClose: ({ onAnswer }) => onAnswer(false),
});

export type { Question };

const Ask = createContext<(question: Question) => Promise<boolean>>(() => Promise.resolve(false));

/** Asks before something is done; Escape is no. */
export const useConfirm = (): ((question: Question) => Promise<boolean>) => useContext(Ask);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<{ question: Question; answer: (yes: boolean) => void } | null>(null);
  const ask = useCallback(
    (question: Question) =>
      new Promise<boolean>((resolve) => {
        const answer = (yes: boolean): void => {
          setAsked(null);
          resolve(yes);
        };
        setAsked({ question, answer });
      }),
    [],
  );
  return (
    <Ask value={ask}>
      {children}
      {asked && <Layer onBack={() => asked.answer(false)} />}
      {asked && <ConfirmDialog {...asked.question} onAnswer={asked.answer} />}
    </Ask>
  );
}
