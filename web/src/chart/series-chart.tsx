import 'uplot/dist/uPlot.min.css';
import './series-chart.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { Theme } from '../shell/theme.ts';
import type { Instant, Span } from '../time/spans.ts';
import { brushed } from '../time/time-window.ts';
import { chartColours } from './chart-colours.ts';
import type { ChartModel } from './chart-model.ts';
import { chartOptions } from './chart-options.ts';
import { ChartTooltip } from './chart-tooltip.tsx';
import type { Columns } from './columns.ts';
import { brushByTouch } from './touch-brush.ts';

interface SeriesChartProps {
  readonly model: ChartModel;
  readonly theme: Theme;
  readonly now: Instant;
  readonly onBrush: (span: Span) => void;
  readonly label: string;
  readonly height?: ChartHeight;
  /** One of several charts of the same time. */
  readonly stacked?: boolean;
}

/** A short one stands below others of the same time. */
export type ChartHeight = 'tall' | 'short';

const HEIGHTS: Readonly<Record<ChartHeight, string>> = { tall: 'h-64 sm:h-80 lg:h-96', short: 'h-40 sm:h-44' };

interface Cursor {
  /** Pixels from the left edge of the chart. */
  readonly left: number;
  readonly instant: Instant;
  /** The chart's width. */
  readonly width: number;
}

const aligned = ({ times, high, low, line, dashed }: Columns): uPlot.AlignedData => [times, high, low, line, dashed];

export function SeriesChart({ model, theme, now, onBrush, label, height = 'tall', stacked = false }: SeriesChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const colours = useRef<ReturnType<typeof chartColours>>(undefined);
  const [cursor, setCursor] = useState<Cursor>();
  const latest = useRef({ model, onBrush });
  useLayoutEffect(() => {
    latest.current = { model, onBrush };
  });

  // A chart is made once per look; answers, themes and sizes are put into it.
  const { unit, stepped } = model;
  // biome-ignore lint/correctness/useExhaustiveDependencies: unit, stepped and stacked decide options that a chart cannot change later.
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return;
    const instantAt = (made: uPlot, left: number): Instant => made.posToVal(left, 'x');
    const made = new uPlot(
      chartOptions(element.clientWidth, element.clientHeight, {
        model: () => latest.current.model,
        colours: () => {
          colours.current ??= chartColours(element);
          return colours.current;
        },
        onCursor: (left) =>
          setCursor(
            left === undefined
              ? undefined
              : { left: left + made.over.offsetLeft, instant: instantAt(made, left), width: made.width },
          ),
        stacked,
        onBrush: (left, width) => {
          const span = brushed(instantAt(made, left), instantAt(made, left + width));
          if (span) latest.current.onBrush(span);
        },
      }),
      aligned(latest.current.model.columns),
      element,
    );
    chart.current = made;
    const stopTouch = brushByTouch(made.over);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      stopTouch();
      made.destroy();
      chart.current = undefined;
    };
  }, [unit, stepped, stacked]);

  useEffect(() => {
    if (chart.current && chart.current.data[0] !== model.columns.times) chart.current.setData(aligned(model.columns));
  }, [model]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the document, this tells when.
  useEffect(() => {
    colours.current = undefined;
    chart.current?.redraw(false);
  }, [theme]);

  return (
    <div className="relative">
      <div ref={holder} role="img" aria-label={label} className={`w-full ${HEIGHTS[height]}`} />
      {cursor && <ChartTooltip model={model} {...cursor} now={now} />}
    </div>
  );
}
