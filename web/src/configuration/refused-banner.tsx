import { TriangleAlert } from 'lucide-react';

/** A newer configuration was not taken; the running one goes on. */
export function RefusedBanner({ problem }: { readonly problem: string }) {
  return (
    <div role="alert" className="mt-4 flex gap-3 rounded-lg border border-late/35 bg-late-soft px-4 py-3 text-sm">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-late-ink" />
      <div className="min-w-0">
        <p className="font-medium text-late-ink">A newer configuration was refused; this one goes on.</p>
        <p className="whitespace-pre-wrap text-ink-2 wrap-anywhere">{problem}</p>
      </div>
    </div>
  );
}
