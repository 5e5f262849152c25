import uPlot from 'uplot';
import { tickInstants, tickLabels, tickStep } from '../time/ticks.ts';
import { axisLabels, axisSteps } from '../values/format-value.ts';
import type { ChartColours } from './chart-colours.ts';
import type { ChartModel } from './chart-model.ts';
import { drawGaps } from './draw-gaps.ts';
import { drawLonely } from './draw-lonely.ts';
import { valueRange } from './value-range.ts';

export interface ChartParts {
  /** Read at each drawing, so that new answers and themes need no new chart. */
  readonly model: () => ChartModel;
  readonly colours: () => ChartColours;
  /** Pixels from the left edge of the plot; undefined when the pointer has left. */
  readonly onCursor: (left: number | undefined) => void;
  readonly onBrush: (left: number, width: number) => void;
  /** Charts of one time that stand below each other: their plots begin at one edge, and their cursors move together. */
  readonly stacked: boolean;
}

/** Labels need less room on a narrow chart than they deserve on a wide one. */
const tickSpace = (width: number): number => Math.min(88, 52 + width / 40);
const LEAST_BRUSH = 6;
const LEAST_LABEL = 22;
/** The value axes of stacked charts are alike: room for `1,013.75`, or for `1,014` on a phone. */
const stackedLabel = (width: number): number => (width > 600 ? 54 : 34);
const STACK = uPlot.sync('stacked charts');

/** Index of the average line among the chart's series; the edges of the band come before it. */
const LINE = 3;

export function chartOptions(width: number, height: number, parts: ChartParts): uPlot.Options {
  const { model, colours } = parts;
  const line = (): string => colours().line;
  const timeStep = (chart: uPlot) => {
    const { from, to } = spanShown(chart);
    const plotWidth = chart.bbox.width / devicePixelRatio;
    return tickStep(to - from, Math.max(2, Math.floor(plotWidth / tickSpace(plotWidth))));
  };
  const { stepped } = model();
  const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.();
  const drawn: uPlot.Series = {
    stroke: line,
    width: 1.5,
    points: { show: false },
    ...(paths ? { paths } : {}),
  };
  const axis = { stroke: () => colours().ink, font: colours().font, ticks: { show: false }, border: { show: false } };
  return {
    width,
    height,
    ms: 1,
    padding: [10, 22, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true, range: () => [model().shown.from, model().shown.to] },
      y: {
        range: (_, low, high) => (low === null || high === null ? [0, 1] : valueRange(low, high, model().fromZero)),
      },
    },
    series: [
      {},
      { show: true, stroke: 'transparent', width: 0, points: { show: false } },
      { show: true, stroke: 'transparent', width: 0, points: { show: false } },
      { ...drawn, fill: () => (model().fromZero ? colours().band : 'transparent') },
      { ...drawn, dash: [3, 3] },
    ],
    bands: [{ series: [1, 2], fill: () => (model().withBand ? colours().band : 'transparent') }],
    axes: [
      {
        ...axis,
        size: 40,
        gap: 8,
        grid: { show: false },
        splits: (chart) => tickInstants(spanShown(chart), model().zone, timeStep(chart)),
        values: (chart, ticks) => tickLabels(ticks, model().zone, timeStep(chart)),
      },
      {
        ...axis,
        gap: 8,
        space: 44,
        size: (chart, labels) =>
          18 +
          Math.max(
            parts.stacked ? stackedLabel(chart.width) : LEAST_LABEL,
            ...(labels ?? []).map((label) => label.length * 6.6),
          ),
        grid: { stroke: () => colours().grid, width: 1 },
        incrs: axisSteps(model().unit) ?? DECIMAL_STEPS,
        values: (_, marks) => axisLabels(marks, model().unit),
      },
    ],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: LEAST_BRUSH },
      ...(parts.stacked
        ? {
            sync: {
              key: STACK.key,
              filters: {
                pub: (type: string) => !type.startsWith('mouse') || type === 'mousemove' || type === 'mouseleave',
              },
            },
          }
        : {}),
      points: { size: 7, width: 1.5, fill: () => colours().panel, stroke: line },
      dataIdx: (chart, series, nearest) => (series < LINE ? null : indexUnderCursor(chart, model(), nearest)),
    },
    hooks: {
      drawClear: [(chart) => drawGaps(chart, model().missing, colours())],
      draw: [(chart) => drawLonely(chart, model().columns, colours(), model().withBand)],
      setCursor: [(chart) => parts.onCursor(leftOf(chart))],
      setSelect: [(chart) => select(chart, parts)],
    },
  };
}

const DECIMAL_STEPS = Array.from({ length: 27 }, (_, power) => power - 9).flatMap((power) =>
  [1, 2, 2.5, 5].map((digit) => Number(`${digit}e${power}`)),
);

const spanShown = (chart: uPlot) => ({ from: chart.scales.x?.min ?? 0, to: chart.scales.x?.max ?? 1 });

function leftOf({ cursor }: uPlot): number | undefined {
  return cursor.left === undefined || cursor.left < 0 ? undefined : cursor.left;
}

/** The point of the bucket under the cursor: the nearest point may belong to the bucket beside a gap. */
function indexUnderCursor(chart: uPlot, { columns }: ChartModel, nearest: number): number | null {
  const at = chart.posToVal(chart.cursor.left ?? 0, 'x');
  for (const index of [nearest, nearest - 1, nearest + 1]) {
    const bucket = columns.buckets[index];
    if (bucket && bucket.from <= at && at < bucket.to) return index;
  }
  return null;
}

function select(chart: uPlot, { onBrush }: ChartParts): void {
  const { left, width } = chart.select;
  if (width < LEAST_BRUSH) return;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onBrush(left, width);
}
