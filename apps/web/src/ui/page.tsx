import type { ReactNode } from 'react';
import { keepFocus } from './keep-focus.js';
import { Trouble } from './trouble.js';
import type { Failure } from './use-loaded.js';

/** A page beside the navigation, with its heading. */
export function Page({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <main ref={keepFocus} className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-2xl space-y-5 p-4 sm:p-8">
        <header className="flex items-center justify-between gap-3">
          <h1 className="text-2xl font-semibold">{title}</h1>
          {action}
        </header>
        {children}
      </div>
    </main>
  );
}

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="space-y-4 rounded-3xl border border-line bg-panel p-4 sm:p-6">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}

interface RowsProps {
  /** Nothing where it is said elsewhere. */
  readonly empty?: string;
  /** Why there are none. */
  readonly failure?: Failure | undefined;
  readonly children: ReactNode[] | undefined;
}

/** A list, or what to do when nothing is in it. */
export function Rows({ empty, failure, children }: RowsProps) {
  if (!children && failure) return <Trouble text={failure.text} onRetry={failure.again} />;
  if (!children) return <div aria-hidden="true" className="h-14 animate-pulse rounded-2xl bg-raised" />;
  if (children.length === 0) return empty && <p className="py-2 text-sm text-soft">{empty}</p>;
  return <ul className="divide-y divide-line">{children}</ul>;
}
