import type uPlot from 'uplot';
import type { MissingRange, MissingReason } from '../api/bodies.ts';
import type { ChartColours } from './chart-colours.ts';
import { hatchTile } from './hatch.ts';

const LEAST_WIDTH = 2;
const HATCH_ALPHA = { failed: 0.5, 'never-asked': 0.5, empty: 0.55, 'not-closed': 0.35 } as const;
const SLIVER_ALPHA = { failed: 0.6, 'never-asked': 0.45, empty: 0.45, 'not-closed': 0.35 } as const;

/** Shades the time without data by its reason, under lines and grid. */
export function drawGaps(chart: uPlot, missing: readonly MissingRange[], colours: ChartColours): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  const patterns = new Map<MissingReason, CanvasPattern | null>();
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const { from, to, reason } of missing) {
    const x1 = chart.valToPos(from, 'x', true);
    const x2 = chart.valToPos(to, 'x', true);
    if (x2 <= left || x1 >= left + width) continue;
    if (!patterns.has(reason)) {
      patterns.set(reason, ctx.createPattern(hatchTile(reason, colours.gaps[reason].mark, devicePixelRatio), 'repeat'));
    }
    const drawn = Math.max(LEAST_WIDTH, x2 - x1);
    ctx.fillStyle = colours.gaps[reason].ground;
    ctx.fillRect(x1, top, drawn, height);
    const pattern = patterns.get(reason);
    if (pattern) {
      const sliver = drawn <= 2 * LEAST_WIDTH;
      ctx.globalAlpha = (sliver ? SLIVER_ALPHA : HATCH_ALPHA)[reason];
      // Too narrow for a pattern to be told: the colour alone.
      ctx.fillStyle = sliver ? colours.gaps[reason].mark : pattern;
      ctx.fillRect(x1, top, drawn, height);
      ctx.globalAlpha = 1;
    }
  }
  ctx.restore();
}
