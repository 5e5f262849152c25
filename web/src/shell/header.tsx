import { useQuery } from '@tanstack/react-query';
import { Link, useRoute } from 'wouter';
import { AccountMenu } from '../accounts/account-menu.tsx';
import { configurationQuery } from '../api/queries.ts';
import { LiveDot } from './live-dot.tsx';
import { Logo } from './logo.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function Header() {
  const { data: configuration } = useQuery(configurationQuery());
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-ground/90 backdrop-blur-md">
      <div className="mx-auto flex h-12 max-w-[1440px] items-center gap-1 px-4 sm:gap-4 sm:px-6">
        <Link
          href="/"
          className="flex items-center gap-2 rounded font-semibold tracking-tight"
          aria-label="Varve, overview"
        >
          <Logo />
          <span className="max-[420px]:sr-only">Varve</span>
        </Link>
        <nav aria-label="Pages" className="flex min-w-0 items-center gap-0.5 overflow-x-auto text-sm">
          <NavLink href="/" className="max-[480px]:hidden">
            Overview
          </NavLink>
          <NavLink href="/activity">Activity</NavLink>
          <NavLink href="/samples" below="/samples/:id">
            Samples
          </NavLink>
          <NavLink href="/archives">Archives</NavLink>
          <NavLink href="/configuration" alert={configuration?.problem != null} className="max-[480px]:hidden">
            <span className="sm:hidden">Config</span>
            <span className="max-sm:sr-only">Configuration</span>
          </NavLink>
        </nav>
        <div className="ml-auto flex shrink-0 items-center gap-1">
          <span className="inline-flex max-w-48 max-sm:max-w-24">
            <LiveDot />
          </span>
          <span className="max-[480px]:hidden">
            <ThemeToggle />
          </span>
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

interface NavLinkProps {
  readonly href: string;
  /** Pages that belong to this one. */
  readonly below?: string;
  readonly alert?: boolean;
  readonly className?: string;
  readonly children: React.ReactNode;
}

function NavLink({ href, below = href, alert = false, className = '', children }: NavLinkProps) {
  const [here] = useRoute(href);
  const [isBelow] = useRoute(below);
  return (
    <Link
      href={href}
      aria-current={here ? 'page' : isBelow ? 'true' : undefined}
      className={`relative rounded-md px-2 py-1 transition-colors ${className} ${here || isBelow ? 'bg-hover font-medium text-ink' : 'text-ink-2 hover:text-ink'}`}
    >
      {children}
      {alert && (
        <span className="absolute top-0.5 right-0 size-1.5 rounded-full bg-late">
          <span className="sr-only">a newer configuration was refused</span>
        </span>
      )}
    </Link>
  );
}
