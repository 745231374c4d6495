import { useId, type ComponentProps } from 'react';

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
}

/** An input with its label, and beneath it what is wrong or what is wanted. */
export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className="w-full rounded-xl border border-line bg-ground px-3.5 py-2.5 text-base aria-invalid:border-danger"
        {...input}
      />
      {note && (
        <p id={`${id}-note`} className={`text-xs ${error ? 'text-danger' : 'text-soft'}`}>
          {note}
        </p>
      )}
    </div>
  );
}
