import { useId, type ReactNode } from 'react';

interface PanelSectionProps {
  readonly title: string;
  readonly count: number;
  readonly children: ReactNode;
}

/** A part of the panel beside a thread. */
export function PanelSection({ title, count, children }: PanelSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <header className="flex min-h-10 items-center gap-2">
        <h3 id={id} className="flex-1 text-sm font-semibold text-soft">
          {title} <span className="ml-1 font-normal">{count}</span>
        </h3>
      </header>
      {children}
    </section>
  );
}
