import { MoreHorizontal, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { Button } from './button.js';
import { Layer } from './layer.js';

export interface Action {
  readonly text: string;
  readonly icon: LucideIcon;
  readonly destructive?: boolean;
  readonly act: () => void;
}

interface ActionMenuProps {
  readonly label: string;
  readonly busy: boolean;
  readonly actions: readonly Action[];
}

/** What else can be done, behind three dots. */
export function ActionMenu({ label, busy, actions }: ActionMenuProps) {
  const [open, setOpen] = useState(false);
  if (actions.length === 0) return null;
  return (
    <DropdownMenu.Root open={open} onOpenChange={setOpen}>
      {open && <Layer onBack={() => setOpen(false)} />}
      <DropdownMenu.Trigger asChild>
        <Button look="icon" busy={busy} aria-label={label}>
          <MoreHorizontal aria-hidden="true" className="size-5" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          collisionPadding={8}
          className="z-50 min-w-48 rounded-2xl border border-line bg-panel p-1.5 shadow-xl"
        >
          {actions.map(({ text, icon: Icon, destructive, act }) => (
            <DropdownMenu.Item
              key={text}
              onSelect={act}
              className={`flex items-center gap-3 rounded-xl px-3 py-2 text-sm -outline-offset-2 outline-none data-highlighted:bg-raised forced-colors:data-highlighted:[outline:2px_solid] ${destructive ? 'text-danger' : ''}`}
            >
              <Icon aria-hidden="true" className={`size-4 shrink-0 ${destructive ? '' : 'text-soft'}`} />
              {text}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The same in a list, each in a line of its own. */
export function ActionLines({ busy, actions }: Omit<ActionMenuProps, 'label'>) {
  if (actions.length === 0) return null;
  return (
    <ul className="overflow-hidden rounded-2xl border border-line">
      {actions.map(({ text, icon: Icon, destructive, act }) => (
        <li key={text} className="not-last:border-b not-last:border-line">
          <button
            type="button"
            aria-disabled={busy || undefined}
            onClick={() => busy || act()}
            className={`flex w-full items-center gap-3 px-4 py-3 text-left text-sm font-medium -outline-offset-2 hover:bg-raised ${destructive ? 'text-danger' : ''}`}
          >
            <Icon aria-hidden="true" className={`size-5 shrink-0 ${destructive ? '' : 'text-soft'}`} />
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** And side by side, for those that are wanted most. */
export function ActionTiles({ busy, actions }: Omit<ActionMenuProps, 'label'>) {
  return (
    <div className="flex gap-2">
      {actions.map(({ text, icon: Icon, destructive, act }, index) => (
        <button
          // by its place: what turns into its opposite keeps the focus
          key={index}
          type="button"
          aria-disabled={busy || undefined}
          onClick={() => busy || act()}
          className={`flex min-w-0 flex-1 flex-col items-center gap-1.5 rounded-2xl bg-raised px-1 py-3 text-xs font-medium transition-opacity hover:opacity-80 ${destructive ? 'text-danger' : ''}`}
        >
          <Icon aria-hidden="true" className={`size-5 ${destructive ? '' : 'text-accent'}`} />
          <span className="max-w-full truncate">{text}</span>
        </button>
      ))}
    </div>
  );
}
