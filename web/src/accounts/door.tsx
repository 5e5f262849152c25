import type { ReactNode } from 'react';
import { Logo } from '../shell/logo.tsx';
import { ThemeToggle } from '../shell/theme-toggle.tsx';
import { useTitle } from '../shell/use-title.ts';

interface DoorProps {
  readonly title: string;
  readonly intro?: ReactNode;
  readonly children: ReactNode;
}

/** The one card of a page that comes before anybody is in. */
export function Door({ title, intro, children }: DoorProps) {
  useTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[12vh] pb-12">
      <div className="w-full max-w-sm">
        <div className="flex items-center justify-between px-1">
          <span className="flex items-center gap-2 font-semibold tracking-tight">
            <Logo />
            Varve
          </span>
          <ThemeToggle />
        </div>
        <section className="mt-4 rounded-xl border border-line bg-panel p-6 shadow-float" aria-label={title}>
          <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
          {intro && <div className="mt-1 text-sm text-ink-2">{intro}</div>}
          {children}
        </section>
      </div>
    </main>
  );
}
