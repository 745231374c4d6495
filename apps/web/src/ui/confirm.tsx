import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Question } from './confirm-dialog.js';
import { Layer } from './layer.js';
import { lazyPart } from './lazy-part.js';

// nobody is asked anything on the first screen
const ConfirmDialog = lazyPart(async () => (await import('./confirm-dialog.js')).ConfirmDialog, {
  onClose: ({ onAnswer }) => onAnswer(false),
});

export type { Question };

type Answer = (yes: boolean) => void;
interface Asking {
  readonly ask: (question: Question, answer: Answer) => void;
  readonly withdraw: (answers: ReadonlySet<Answer>) => void;
}

const Ask = createContext<Asking>({ ask: (_, answer) => answer(false), withdraw: () => undefined });

/** Asks before something is done; Escape is no, and so it is when what asks goes away. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  const { ask, withdraw } = useContext(Ask);
  const [own] = useState(() => new Set<Answer>());
  useEffect(() => () => withdraw(own), [withdraw, own]);
  return useCallback(
    (question) =>
      new Promise((resolve) => {
        const answer = (yes: boolean): void => {
          own.delete(answer);
          resolve(yes);
        };
        own.add(answer);
        ask(question, answer);
      }),
    [ask, own],
  );
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<{ question: Question; answer: Answer } | null>(null);
  const asking = useMemo<Asking>(
    () => ({
      ask: (question, answer) => setAsked({ question, answer }),
      withdraw: (answers) => {
        const gone = new Set(answers);
        setAsked((now) => (now && gone.has(now.answer) ? null : now));
        for (const answer of gone) answer(false);
      },
    }),
    [],
  );
  const answer = (yes: boolean): void => {
    setAsked(null);
    asked?.answer(yes);
  };
  return (
    <Ask value={asking}>
      {children}
      {asked && <Layer onBack={() => answer(false)} />}
      {asked && <ConfirmDialog {...asked.question} onAnswer={answer} />}
    </Ask>
  );
}
