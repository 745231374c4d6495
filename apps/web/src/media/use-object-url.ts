import { useEffect, useState } from 'react';

/**
 * An address for an `img` element that shows a file as it is here.
 *
 * @param blob null for none; another one is another picture
 * @returns the address, null for none and for what turned out to be no picture (`drop`)
 */
export function useObjectUrl(blob: Blob | null | undefined): [url: string | null, drop: () => void] {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return setUrl(null);
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return [url, () => setUrl(null)];
}
