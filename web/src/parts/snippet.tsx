import { CopyButton } from './copy-button.tsx';

interface SnippetProps {
  readonly step: string;
  readonly title: string;
  readonly text: string;
}

/** A few lines to copy, with what they are for. */
export function Snippet({ step, title, text }: SnippetProps) {
  return (
    <div className="min-w-0">
      <h3 className="flex items-center gap-2 text-sm">
        <span className="inline-flex h-5 min-w-5 items-center justify-center rounded-full border border-line-strong px-1.5 text-xs text-ink-2">
          {step}
        </span>
        {title}
      </h3>
      <div className="relative mt-2 rounded-md border border-line bg-sunken">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard. */}
        <pre tabIndex={0} className="overflow-x-auto py-2.5 pr-10 pl-3 font-mono text-xs leading-5">
          {text}
        </pre>
        <div className="absolute top-1 right-1">
          <CopyButton text={text} label={`Copy: ${title}`} />
        </div>
      </div>
    </div>
  );
}
