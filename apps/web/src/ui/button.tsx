import type { ComponentProps } from 'react';

const LOOKS = {
  primary: 'bg-accent text-on-accent hover:opacity-90',
  quiet: 'bg-raised text-ink hover:opacity-80',
  danger: 'bg-raised text-danger hover:opacity-80',
  destructive: 'bg-danger text-on-accent hover:opacity-90',
  icon: 'text-soft hover:bg-raised hover:text-ink',
} as const;

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof LOOKS;
  /** Does nothing for now; unlike a disabled one it keeps the focus. */
  readonly busy?: boolean;
}

export function Button({ look = 'quiet', className = '', busy = false, onClick, ...rest }: ButtonProps) {
  const shape = look === 'icon' ? 'size-10 rounded-full' : 'min-h-10 rounded-xl px-4 py-2 text-sm font-medium';
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={`inline-flex shrink-0 items-center justify-center gap-2 transition-opacity disabled:opacity-50 aria-disabled:opacity-60 ${shape} ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
