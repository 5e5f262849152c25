import { type KeyboardEvent, useRef, useState } from 'react';
import type { DayCoverage } from '../api/bodies.ts';
import { Button } from '../parts/button.tsx';
import type { Instant, Span } from '../time/spans.ts';
import { CoverageMonth } from './coverage-month.tsx';
import { monthsOf } from './coverage-months.ts';
import { DayDetails } from './day-details.tsx';

interface CoverageStripProps {
  readonly days: readonly DayCoverage[];
  readonly zone: string;
  readonly now: Instant;
  readonly shown?: Span;
  readonly onPick?: (span: Span) => void;
}

const MONTHS_AT_ONCE = 24;

const MOVES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export interface HoveredDay {
  readonly day: DayCoverage;
  readonly cell: HTMLElement;
}

/** A calendar of days, a row of cells per month. One stop for the Tab key; the arrows walk the days. */
export function CoverageStrip({ days, zone, now, shown, onPick }: CoverageStripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const [all, setAll] = useState(false);
  const [hovered, setHovered] = useState<HoveredDay>();
  const [current, setCurrent] = useState<string>();
  const months = monthsOf(days);
  const visible = all ? months : months.slice(-MONTHS_AT_ONCE);
  const stop = current ?? days.at(-1)?.date;
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const cells = [...(strip.current?.querySelectorAll<HTMLElement>('[data-date]') ?? [])];
    const index = cells.findIndex(({ dataset }) => dataset.date === stop);
    cells[Math.min(cells.length - 1, Math.max(0, index + move))]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and pointer of the day buttons inside are handled in one place.
    <div
      ref={strip}
      data-strip
      className="relative mt-3"
      onKeyDown={onKeyDown}
      onMouseLeave={() => setHovered(undefined)}
      onBlur={() => setHovered(undefined)}
    >
      {visible.length < months.length && (
        <Button className="mb-3" onClick={() => setAll(true)}>
          Show all {months.length} months
        </Button>
      )}
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,18.5rem),1fr))] gap-x-6 gap-y-3">
        {visible.map((month) => (
          <CoverageMonth
            key={month.month}
            month={month}
            stop={stop}
            shown={shown}
            onHover={(day, cell) => setHovered({ day, cell })}
            onFocus={(day, cell) => {
              setCurrent(day.date);
              setHovered({ day, cell });
            }}
            onPick={onPick}
          />
        ))}
      </div>
      {hovered && <DayDetails hovered={hovered} zone={zone} now={now} canPick={onPick !== undefined} />}
    </div>
  );
}
