/** Holds the place of what is on its way. */
export function Skeleton({ className = '' }: { readonly className?: string }) {
  return <span aria-hidden className={`block animate-breathe rounded bg-line/70 ${className}`} />;
}
