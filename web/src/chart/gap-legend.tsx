import type { Aggregate, MissingRange } from '../api/bodies.ts';
import { coverStyle } from '../series/cover-style.ts';
import { lengthText } from '../time/format-time.ts';
import { countText } from '../values/format-value.ts';
import { type GapWording, reasonsAmong } from './gaps.ts';
import { aggregateName } from './point-numbers.ts';

interface GapLegendProps {
  readonly missing: readonly MissingRange[];
  readonly aggregate: Aggregate;
  readonly wording: GapWording;
  /** How many shorter gaps the answer only counts; they are drawn as gaps, without their reason. */
  readonly omitted: number;
  readonly step: number;
  readonly hasOpen: boolean;
}

export function GapLegend({ missing, omitted, aggregate, wording, step, hasOpen }: GapLegendProps) {
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-2">
      <li className="flex items-center gap-1.5">
        <span aria-hidden className="h-0.5 w-3.5 rounded-full bg-data" />
        {aggregateName(aggregate)} per {lengthText(step)}
      </li>
      {aggregate === 'avg' && (
        <li className="flex items-center gap-1.5">
          <span aria-hidden className="h-2.5 w-3.5 rounded-xs bg-data-band" />
          min – max
        </li>
      )}
      {hasOpen && (
        <li className="flex items-center gap-1.5">
          <span aria-hidden className="w-3.5 border-t-2 border-dashed border-data" />
          open
        </li>
      )}
      {reasonsAmong(missing).map((reason) => (
        <li key={reason} className="flex items-center gap-1.5" title={wording.meaning[reason]}>
          <span aria-hidden className={`h-2.5 w-3.5 rounded-xs ${coverStyle(reason)}`} />
          {wording.label[reason]}
        </li>
      ))}
      {omitted > 0 && <li>{countText(omitted)} shorter gaps are not marked</li>}
    </ul>
  );
}
