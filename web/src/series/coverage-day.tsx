import { memo } from 'react';
import type { DayCoverage } from '../api/bodies.ts';
import type { Span } from '../time/spans.ts';
import { coverLabel } from './cover-legend.tsx';
import { coverStyle } from './cover-style.ts';
import { sharesOf } from './coverage-months.ts';

interface CoverageDayProps {
  readonly day: DayCoverage;
  /** Day of the month. */
  readonly column: number;
  readonly isStop: boolean;
  readonly onHover: (day: DayCoverage, cell: HTMLElement) => void;
  readonly onFocus: (day: DayCoverage, cell: HTMLElement) => void;
  readonly onPick: ((span: Span) => void) | undefined;
}

/** Small parts stay visible: an hour lost in a day is what the reader looks for. */
const LEAST = 12;

export const CoverageDay = memo(
  function CoverageDay({ day, column, isStop, onHover, onFocus, onPick }: CoverageDayProps) {
    const shares = sharesOf(day);
    const said = shares.map(({ state, part }) => `${Math.round(part * 100)}% ${coverLabel(state)}`).join(', ');
    return (
      <button
        type="button"
        data-date={day.date}
        tabIndex={isStop ? 0 : -1}
        aria-label={`${day.date}: ${said || 'nothing known'}`}
        style={{ gridRow: 1, gridColumn: column }}
        onMouseEnter={(event) => onHover(day, event.currentTarget)}
        onFocus={(event) => onFocus(day, event.currentTarget)}
        onClick={() => onPick?.({ from: day.from, to: day.to })}
        className="flex h-7 flex-col-reverse overflow-hidden rounded-xs transition-transform hover:scale-y-110 focus-visible:z-10 focus-visible:outline-offset-1"
      >
        {shares.map(({ state, part }) => (
          <span
            key={state}
            className={`w-full ${coverStyle(state)}`}
            style={{ flexGrow: part, flexBasis: 0, minHeight: `${LEAST}%` }}
          />
        ))}
      </button>
    );
  },
  (before, after) => before.day === after.day && before.isStop === after.isStop && before.onPick === after.onPick,
);
