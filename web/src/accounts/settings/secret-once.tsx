import { CopyButton } from '../../parts/copy-button.tsx';

interface SecretOnceProps {
  readonly text: string;
  readonly label: string;
  readonly children: React.ReactNode;
}

/** A secret that was just made and will not be shown again. */
export function SecretOnce({ text, label, children }: SecretOnceProps) {
  return (
    <div role="status" className="rounded-lg border border-ok/40 bg-accent-soft px-4 py-3 text-sm">
      <p className="text-ink-2">{children}</p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 flex-1 rounded-md border border-line bg-panel px-2 py-1.5 font-mono text-xs select-all wrap-anywhere">
          {text}
        </code>
        <CopyButton text={text} label={label} />
      </div>
    </div>
  );
}
