import { Toast } from 'radix-ui';
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** `crypto.randomUUID` is not there over plain http. */
let count = 0;

const Tell = createContext<(text: string) => void>(() => undefined);

/** Shows a line for a few seconds. */
export const useToast = (): ((text: string) => void) => useContext(Tell);

export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [lines, setLines] = useState<{ id: string; text: string }[]>([]);
  const tell = useCallback(
    (text: string) => setLines((all) => [...all.slice(-2), { id: `line-${++count}`, text }]),
    [],
  );
  const gone = (id: string) => setLines((all) => all.filter((line) => line.id !== id));
  return (
    <Toast.Provider label={t('common.notices')}>
      <Tell value={tell}>{children}</Tell>
      {lines.map(({ id, text }) => (
        <Toast.Root
          key={id}
          onOpenChange={(open) => open || gone(id)}
          dir="auto"
          className="rounded-xl bg-ink [overflow-wrap:anywhere] px-4 py-3 text-sm text-ground shadow-lg"
        >
          <Toast.Description>{text}</Toast.Description>
        </Toast.Root>
      ))}
      {/* below what a page has at its top to be tapped, and what the connection may say there */}
      <Toast.Viewport
        label={`${t('common.notices')} ({hotkey})`}
        className="fixed inset-x-4 top-25 sm:top-20 z-60 mx-auto flex max-w-sm flex-col gap-2"
      />
    </Toast.Provider>
  );
}
