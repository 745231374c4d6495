import { useId, type ComponentProps } from 'react';

interface SelectProps extends ComponentProps<'select'> {
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function Select({ label, options, ...select }: SelectProps) {
  const id = useId();
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <select id={id} className="w-full rounded-xl border border-line bg-ground px-3.5 py-2.5 text-base" {...select}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
