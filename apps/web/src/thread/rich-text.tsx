import { tokenize } from 'linkifyjs';
import { memo, useMemo } from 'react';

const SAFE = /^(?:https?:|mailto:)/i;

/** A text with its links as links. What is in it is never markup. */
export const RichText = memo(function RichText({ text }: { text: string }) {
  const parts = useMemo(() => tokenize(text), [text]);
  return parts.map((part, index) => {
    const said = part.toString();
    const href = part.isLink ? part.toHref('https') : '';
    if (!SAFE.test(href)) return <span key={index}>{said}</span>;
    return (
      <a
        key={index}
        href={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="underline underline-offset-2 [overflow-wrap:anywhere]"
      >
        {said}
      </a>
    );
  });
});
