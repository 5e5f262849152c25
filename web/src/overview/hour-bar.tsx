/** Samples of the running hour against those expected. */
export function HourBar({ have, expected }: { readonly have: number; readonly expected: number }) {
  const part = expected > 0 ? Math.min(1, have / expected) : 0;
  return (
    <div className="mt-auto pt-2.5" title={`${have} of ${expected} samples this hour`}>
      <div className="h-1 overflow-hidden rounded-full bg-line">
        <div
          className={`h-full rounded-full transition-[width] ${part < 0.9 ? 'bg-late' : 'bg-ok'}`}
          style={{ width: `${part * 100}%` }}
        />
      </div>
    </div>
  );
}
