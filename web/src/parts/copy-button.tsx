import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './icon-button.tsx';

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [state, setState] = useState<'ready' | 'done' | 'refused'>('ready');
  const copy = async (): Promise<void> => {
    // Without TLS browsers offer no clipboard, and self-hosted pages often have none.
    const outcome = await Promise.resolve(navigator.clipboard?.writeText(text))
      .then(() => (navigator.clipboard ? ('done' as const) : ('refused' as const)))
      .catch(() => 'refused' as const);
    setState(outcome);
    setTimeout(() => setState('ready'), 2_000);
  };
  const said = { ready: label, done: 'Copied', refused: 'The browser forbids copying: select the text' }[state];
  return (
    <IconButton label={said} onClick={() => void copy()}>
      {state === 'done' ? <Check size={14} aria-hidden className="text-ok" /> : <Copy size={14} aria-hidden />}
      <span aria-live="polite" className="sr-only">
        {state === 'ready' ? '' : said}
      </span>
    </IconButton>
  );
}
