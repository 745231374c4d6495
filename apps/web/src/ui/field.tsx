import { useId, type ChangeEvent, type ComponentProps } from 'react';
import { fitting } from './fitting.js';

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
}

/** An input with its label, and beneath it what is wrong or what is wanted. `maxLength` is in code points. */
export function Field({ label, hint, error, maxLength, onChange, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  const changed = (event: ChangeEvent<HTMLInputElement>): void => {
    const { currentTarget, nativeEvent } = event;
    // what an input method has not ended yet is cut when it has
    if (maxLength !== undefined && !(nativeEvent as InputEvent).isComposing) cut(currentTarget, maxLength);
    onChange?.(event);
  };
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        onChange={changed}
        onCompositionEnd={(event) => changed(event as unknown as ChangeEvent<HTMLInputElement>)}
        className="w-full rounded-xl border border-line bg-ground px-3.5 py-2.5 text-base aria-invalid:border-danger"
        {...input}
      />
      {note && (
        // another element: what turns into an error is read out, also where the keyboard is there already
        <p
          key={error ? 'error' : 'hint'}
          id={`${id}-note`}
          role={error ? 'alert' : undefined}
          className={`text-xs ${error ? 'text-danger' : 'text-soft'}`}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** The browser's own `maxLength` counts UTF-16 units, and so cuts a name of emojis at half of what the server takes. */
function cut(field: HTMLInputElement, most: number): void {
  const fits = fitting(field.value, most);
  if (fits === field.value) return;
  const caret = Math.min(field.selectionStart ?? fits.length, fits.length);
  field.value = fits;
  field.setSelectionRange(caret, caret);
}
