import { Link } from 'wouter';
import { useTitle } from './use-title.ts';

export function NotFoundPage() {
  useTitle('Not found');
  return (
    <div className="py-24 text-center">
      <p className="font-mono text-sm text-ink-3">404</p>
      <h1 className="mt-2 text-xl font-semibold tracking-tight">There is no such page</h1>
      <p className="mt-2 text-ink-2">
        The address may be mistyped.{' '}
        <Link href="/" className="text-accent underline underline-offset-2">
          All series are on the overview.
        </Link>
      </p>
    </div>
  );
}
