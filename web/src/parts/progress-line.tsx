/** A thin line that moves while something is fetched; it takes no room. */
export function ProgressLine({ active }: { readonly active: boolean }) {
  if (!active) return null;
  return (
    <div aria-hidden className="absolute inset-x-0 top-0 z-10 h-0.5 overflow-hidden">
      <div className="h-full w-1/4 animate-sweep bg-accent" />
    </div>
  );
}
