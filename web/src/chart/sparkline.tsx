import { memo } from 'react';
import type { RangeBody } from '../api/bodies.ts';
import { sparkPath } from './spark-path.ts';

const WIDTH = 240;
const HEIGHT = 28;

export const Sparkline = memo(function Sparkline({ range }: { readonly range: RangeBody }) {
  const { line, band, dots } = sparkPath(range, WIDTH, HEIGHT);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="block h-full w-full" aria-hidden>
      <path d={band} fill="var(--data-band)" />
      <path d={line} fill="none" stroke="var(--data)" strokeWidth="1.25" vectorEffect="non-scaling-stroke" />
      {dots.map(({ x, y }) => (
        <path
          key={x}
          d={`M${x} ${y}h0`}
          stroke="var(--data)"
          strokeWidth="2.5"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
});
