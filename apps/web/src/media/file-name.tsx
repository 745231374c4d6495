import { splitName } from './split-name.js';

/** A file's name; where it is too long it is cut in the middle, and its ending stays. */
export function FileName({ name, className = '' }: { name: string; className?: string }) {
  const [start, end] = splitName(name);
  return (
    <bdi title={name} className={`block min-w-0 ${className}`}>
      <span className="sr-only">{name}</span>
      <span aria-hidden="true" dir="auto" className="flex whitespace-pre">
        <span className="overflow-hidden text-ellipsis">{start}</span>
        <span className="shrink-0">{end}</span>
      </span>
    </bdi>
  );
}
