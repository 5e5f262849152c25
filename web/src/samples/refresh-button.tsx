import { RefreshCw } from 'lucide-react';
import { useNow } from '../live/use-now.ts';
import { Button } from '../parts/button.tsx';
import { isBusy, type RefreshState, refreshSaid, refreshText } from './refresh-state.ts';

interface RefreshButtonProps {
  readonly state: RefreshState;
  readonly zone: string;
  readonly onRefresh: () => void;
}

/** Stays focusable while it is at work, so that the keyboard does not lose its place. */
export function RefreshButton({ state, zone, onRefresh }: RefreshButtonProps) {
  const now = useNow(1_000);
  const busy = isBusy(state);
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Button
        aria-disabled={busy}
        aria-keyshortcuts="r"
        title="Build the newest version now (r)"
        onClick={onRefresh}
        className="min-w-30"
      >
        <RefreshCw size={14} aria-hidden className={busy ? 'animate-spin text-accent' : 'text-ink-2'} />
        {busy ? 'Refreshing…' : 'Refresh'}
      </Button>
      <span data-refresh={state.phase} className="min-w-0 truncate text-xs text-ink-2">
        {refreshText(state, zone, now)}
      </span>
      <span role="status" className="sr-only">
        {refreshSaid(state)}
      </span>
    </span>
  );
}
