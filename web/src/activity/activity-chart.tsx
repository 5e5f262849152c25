import 'uplot/dist/uPlot.min.css';
import '../chart/series-chart.css';
import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useTheme } from '../shell/theme.ts';
import { tickInstants, tickLabels, tickStep } from '../time/ticks.ts';
import type { ChartColumns } from './chart-columns.ts';

/** The colours of stacked types, lowest first; they repeat beyond the last. */
const STACK_COLOURS = ['#4f7fe0', '#3fa578', '#d98a0b', '#d1535a', '#8d6bd1', '#3aa0b5', '#b07a4f', '#7b828c'];

export const stackColour = (index: number): string => STACK_COLOURS[index % STACK_COLOURS.length] as string;

interface ActivityChartProps {
  readonly columns: ChartColumns;
  readonly kind: 'stack' | 'band';
  readonly zone: string;
  readonly label: string;
  readonly valueText: (value: number) => string;
  readonly onPoint: (index: number | undefined) => void;
}

/** Stacked bars, or a band from p50 to p95 with the average in it. */
export function ActivityChart({ columns, kind, zone, label, valueText, onPoint }: ActivityChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const theme = useTheme();
  const latest = useRef({ columns, zone, onPoint });
  useLayoutEffect(() => {
    latest.current = { columns, zone, onPoint };
  });
  const lines = columns.length - 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the document; the theme tells when they change.
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new uPlot(
      {
        ...optionsOf(element, valueText, () => latest.current.zone),
        series: [{}, ...(kind === 'stack' ? stackSeries(lines) : bandSeries(element))],
        bands: kind === 'band' ? [{ series: [1, 2], fill: colourOf(element, '--data-band') }] : [],
        hooks: { setCursor: [({ cursor }) => latest.current.onPoint(cursor.idx ?? undefined)] },
      },
      drawn(latest.current.columns, kind),
      element,
    );
    chart.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [kind, lines, theme, valueText]);

  useEffect(() => {
    chart.current?.setData(drawn(columns, kind));
  }, [columns, kind]);

  return <div ref={holder} role="img" aria-label={label} className="h-56 w-full" />;
}

/** The highest of a stack is drawn first, and the others over it. */
const drawn = ([times, ...columns]: ChartColumns, kind: 'stack' | 'band'): uPlot.AlignedData =>
  [times, ...(kind === 'stack' ? [...columns].reverse() : columns)] as unknown as uPlot.AlignedData;

function stackSeries(lines: number): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [0.85, 40], align: 1 });
  return Array.from({ length: lines }, (_, index) => ({
    fill: stackColour(lines - 1 - index),
    width: 0,
    points: { show: false },
    ...(bars ? { paths: bars } : {}),
  }));
}

function bandSeries(element: Element): uPlot.Series[] {
  const line = { width: 1.5, points: { show: true, size: 4 } };
  return [
    { ...line, stroke: colourOf(element, '--late') },
    { ...line, stroke: colourOf(element, '--data') },
    { ...line, stroke: colourOf(element, '--ink-3'), dash: [3, 3], points: { show: false } },
  ];
}

function optionsOf(
  element: HTMLElement,
  valueText: (value: number) => string,
  zone: () => string,
): Omit<uPlot.Options, 'series'> {
  const axis = {
    stroke: colourOf(element, '--ink-3'),
    font: `11px ${getComputedStyle(element).fontFamily}`,
    ticks: { show: false },
    border: { show: false },
  };
  const spanOf = ({ scales: { x } }: uPlot) => ({ from: x?.min ?? 0, to: x?.max ?? 1 });
  const stepOf = (made: uPlot) => {
    const { from, to } = spanOf(made);
    return tickStep(to - from, Math.max(2, Math.floor(made.bbox.width / devicePixelRatio / 80)));
  };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    ms: 1,
    padding: [10, 16, 0, 0],
    legend: { show: false },
    scales: { x: { time: true }, y: { range: (_, _low, high) => [0, high > 0 ? high * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        size: 40,
        gap: 8,
        grid: { show: false },
        splits: (made) => tickInstants(spanOf(made), zone(), stepOf(made)),
        values: (made, ticks) => tickLabels(ticks, zone(), stepOf(made)),
      },
      {
        ...axis,
        gap: 8,
        size: 56,
        grid: { stroke: colourOf(element, '--line'), width: 1 },
        values: (_, marks) => marks.map(valueText),
      },
    ],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
  };
}

const colourOf = (element: Element, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
