import { isBusy, type RefreshState, refreshRatio } from './refresh-state.ts';

/** How far a refresh has come, as a thin line on top of the chart; it takes no room. */
export function RefreshBar({ state }: { readonly state: RefreshState }) {
  if (!isBusy(state)) return null;
  const ratio = refreshRatio(state);
  return (
    <div
      role="progressbar"
      aria-label="Refresh"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={ratio === undefined ? undefined : Math.floor(ratio * 100)}
      className="absolute inset-x-0 top-0 z-10 h-0.5 overflow-hidden bg-accent-soft"
    >
      {ratio === undefined ? (
        <div className="h-full w-1/4 animate-sweep bg-accent" />
      ) : (
        <div className="h-full bg-accent transition-[width] duration-300" style={{ width: `${ratio * 100}%` }} />
      )}
    </div>
  );
}
