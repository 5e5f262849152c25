import type { DayCoverage } from '../api/bodies.ts';
import type { Span } from '../time/spans.ts';
import { CoverageDay } from './coverage-day.tsx';
import type { Month } from './coverage-months.ts';

interface CoverageMonthProps {
  readonly month: Month;
  /** The day the Tab key stops at. */
  readonly stop: string | undefined;
  readonly shown: Span | undefined;
  readonly onHover: (day: DayCoverage, cell: HTMLElement) => void;
  readonly onFocus: (day: DayCoverage, cell: HTMLElement) => void;
  readonly onPick: ((span: Span) => void) | undefined;
}

const NAME = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

export function CoverageMonth({ month, stop, shown, onHover, onFocus, onPick }: CoverageMonthProps) {
  const days = shown && month.days.filter(({ from, to }) => from < shown.to && to > shown.from);
  return (
    <div>
      <p className="text-xs text-ink-3">{NAME.format(Date.parse(`${month.month}-01T00:00:00Z`))}</p>
      <div className="relative mt-1 grid grid-cols-31 gap-px">
        {month.days.map((day) => (
          <CoverageDay
            key={day.date}
            day={day}
            column={Number(day.date.slice(8, 10))}
            isStop={day.date === stop}
            onHover={onHover}
            onFocus={onFocus}
            onPick={onPick}
          />
        ))}
        {days && days.length > 0 && (
          <span
            aria-hidden
            className="-mt-px h-0.5 rounded-full bg-accent"
            style={{
              gridRow: 2,
              gridColumn: `${Number(days[0]?.date.slice(8, 10))} / span ${days.length}`,
            }}
          />
        )}
      </div>
    </div>
  );
}
