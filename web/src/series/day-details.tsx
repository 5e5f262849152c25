import { fullDate, lengthText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { coverLabel } from './cover-legend.tsx';
import { coverStyle } from './cover-style.ts';
import { sharesOf } from './coverage-months.ts';
import type { HoveredDay } from './coverage-strip.tsx';

interface DayDetailsProps {
  readonly hovered: HoveredDay;
  readonly zone: string;
  readonly now: Instant;
  readonly canPick: boolean;
}

const HALF_WIDTH = 104;

export function DayDetails({ hovered: { day, cell }, zone, now, canPick }: DayDetailsProps) {
  const strip = cell.closest('[data-strip]');
  const box = cell.getBoundingClientRect();
  const ground = strip?.getBoundingClientRect() ?? box;
  const middle = box.left - ground.left + box.width / 2;
  const left = Math.max(0, Math.min(middle - HALF_WIDTH, ground.width - 2 * HALF_WIDTH));
  return (
    <div
      role="tooltip"
      className="pointer-events-none absolute z-20 w-52 rounded-md border border-line-strong bg-raised px-3 py-2 text-xs shadow-float"
      style={{ left, top: box.bottom - ground.top + 8 }}
    >
      <p className="font-medium">{fullDate(day.from, zone)}</p>
      <ul className="mt-1 space-y-0.5">
        {sharesOf(day).map(({ state, part }) => (
          <li key={state} className="flex items-center gap-2">
            <span className={`size-2.5 rounded-xs ${coverStyle(state)}`} />
            <span className="text-ink-2">{coverLabel(state)}</span>
            <span className="ml-auto">{lengthText(part * (day.to - day.from))}</span>
          </li>
        ))}
      </ul>
      {canPick && day.from <= now && <p className="mt-1 text-ink-3">click to show this day</p>}
    </div>
  );
}
