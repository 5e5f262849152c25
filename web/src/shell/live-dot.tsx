import { useLiveState } from '../live/live-feed.ts';
import { useNow } from '../live/use-now.ts';
import { moment } from '../time/format-time.ts';
import { useZone } from '../time/use-zone.ts';

/** Whether changes are pushed to this page right now. */
export function LiveDot() {
  const { live, since } = useLiveState();
  const now = useNow(30_000);
  const [zone] = useZone();
  const text = live ? 'live' : since === null ? 'connecting' : `reconnecting since ${moment(since, zone, now)}`;
  return (
    <span
      role="status"
      className="inline-flex min-w-0 items-center gap-1.5 px-1 text-xs text-ink-2"
      title={live ? 'Changes appear by themselves' : 'Until the connection is back, this page asks every 20 seconds'}
    >
      <span className={`size-2 shrink-0 rounded-full ${live ? 'bg-ok' : 'animate-breathe bg-late'}`} />
      <span className="truncate">{text}</span>
    </span>
  );
}
