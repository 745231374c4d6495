import { useEffect, useState } from 'react';

const SCRIPT = /<script\b[^>]*\bsrc="([^"]+)"/;

/** Whether the server gives out another page than this one by now: parts of the old one are not there any more. */
async function isReplaced(): Promise<boolean> {
  const response = await fetch('/', { cache: 'no-store' });
  const served = response.ok ? SCRIPT.exec(await response.text())?.[1] : undefined;
  const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
  return served !== undefined && !scripts.some((script) => script.getAttribute('src') === served);
}

/** The same, asked when something could not be loaded. */
export function useReplaced(): boolean {
  const [replaced, setReplaced] = useState(false);
  useEffect(() => {
    let over = false;
    isReplaced().then(
      (answer) => over || setReplaced(answer),
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, []);
  return replaced;
}
