import type uPlot from 'uplot';
import type { ChartColours } from './chart-colours.ts';
import type { Columns } from './columns.ts';

/** Draws buckets without neighbours: a dot, hollow while open, and a whisker from min to max. */
export function drawLonely(chart: uPlot, columns: Columns, colours: ChartColours, withBand: boolean): void {
  const { ctx } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  for (const index of columns.lonely) {
    const bucket = columns.buckets[index];
    if (!bucket) continue;
    const x = chart.valToPos(columns.times[index] as number, 'x', true);
    const y = (value: number): number => chart.valToPos(value, 'y', true);
    if (withBand && bucket.point.max > bucket.point.min) {
      ctx.strokeStyle = colours.band;
      ctx.lineWidth = 3 * ratio;
      ctx.beginPath();
      ctx.moveTo(x, y(bucket.point.min));
      ctx.lineTo(x, y(bucket.point.max));
      ctx.stroke();
    }
    ctx.beginPath();
    ctx.arc(x, y(bucket.point.value), 2.5 * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = bucket.open ? colours.panel : colours.line;
    ctx.strokeStyle = colours.line;
    ctx.lineWidth = 1.25 * ratio;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}
