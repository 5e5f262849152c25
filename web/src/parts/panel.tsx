import type { ReactNode } from 'react';

interface PanelProps {
  readonly title?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Panel({ title, aside, children, className = '' }: PanelProps) {
  return (
    <section
      className={`rounded-lg border border-line bg-panel ${className}`}
      {...(title ? { 'aria-label': title } : {})}
    >
      {(title || aside) && (
        <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-1.5">
          <h2 className="text-sm font-medium">{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}
