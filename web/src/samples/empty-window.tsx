import { WINDOW_NAMES, WINDOWS, type WindowName } from '../../../src/domain/windows.ts';
import type { LatestBody } from '../api/bodies.ts';
import { Button } from '../parts/button.tsx';
import { moment } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';

interface EmptyWindowProps {
  readonly latest: LatestBody;
  readonly zone: string;
  readonly now: Instant;
  readonly onShow: (window: WindowName) => void;
}

/** Over an empty chart: which window has samples instead. */
export function EmptyWindow({ latest, zone, now, onShow }: EmptyWindowProps) {
  const { lastAt } = latest.series;
  const longer = lastAt !== null && WINDOW_NAMES.find((name) => now - lastAt < WINDOWS[name].length);
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center p-4">
      <div className="pointer-events-auto rounded-md border border-line bg-raised px-4 py-3 text-center text-sm shadow-float">
        <p>No samples in this window.</p>
        {lastAt !== null && <p className="mt-0.5 text-ink-2">The newest is of {moment(lastAt, zone, now)}.</p>}
        {longer && longer !== latest.meta.window && (
          <Button className="mt-2" onClick={() => onShow(longer)}>
            Show {longer}
          </Button>
        )}
      </div>
    </div>
  );
}
