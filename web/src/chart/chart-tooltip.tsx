import { coverStyle } from '../series/cover-style.ts';
import { lengthText, spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { offsetText } from '../time/zone.ts';
import { countText, valueText } from '../values/format-value.ts';
import type { Bucket } from './buckets.ts';
import type { ChartModel } from './chart-model.ts';
import { pointNumbers } from './point-numbers.ts';
import { pointedAt } from './pointed.ts';

interface ChartTooltipProps {
  readonly model: ChartModel;
  readonly instant: Instant;
  /** Pixels from the left edge of the chart, and how wide that is. */
  readonly left: number;
  readonly width: number;
  readonly now: Instant;
}

const NAMED = 3;
const WIDTH = 240;
const DISTANCE = 16;

/** On the side of the cursor that has more room, and never over the edge. */
const besideCursor = (left: number, width: number): number =>
  Math.max(8, left > width / 2 ? left - WIDTH - DISTANCE : Math.min(left + DISTANCE, width - WIDTH - 8));

export function ChartTooltip({ model, instant, left, width, now }: ChartTooltipProps) {
  const pointed = pointedAt(model, instant);
  if (!pointed) return null;
  const { bucket, span, missing } = pointed;
  const { label, meaning, hasDetails } = model.wording;
  return (
    <div
      role="tooltip"
      className="pointer-events-none absolute top-2 z-20 w-60 max-w-[calc(100%-1rem)] rounded-md border border-line-strong bg-raised px-3 py-2 text-xs shadow-float"
      style={{ left: besideCursor(left, width) }}
    >
      <p className="text-ink-2">
        {spanText(span, model.zone, now)} <span className="text-ink-3">{offsetText(model.zone, span.from)}</span>
      </p>
      {bucket && <BucketNumbers bucket={bucket} model={model} />}
      {!bucket && missing.length === 0 && (
        <p className="mt-1 font-medium">
          no samples{' '}
          <span className="font-normal text-ink-2">
            {span.to > now ? 'yet' : 'fell into these buckets, though the source was read'}
          </span>
        </p>
      )}
      {missing.slice(0, NAMED).map(({ from, to, reason, detail }) => (
        <div key={from} className="mt-1.5 flex gap-2">
          <span className={`mt-1 size-2.5 shrink-0 rounded-xs ${coverStyle(reason)}`} />
          <p className="min-w-0 wrap-anywhere">
            <span className={`font-medium ${reason === 'failed' ? 'text-fail-ink' : ''}`}>{label[reason]}</span>{' '}
            <span className="text-ink-2">
              {lengthText(to - from)}
              {bucket ? ' missing here' : ''}
            </span>
            <span className="block text-ink-2">{(hasDetails && detail) || meaning[reason]}</span>
          </p>
        </div>
      ))}
      {missing.length > NAMED && <p className="mt-1 text-ink-3">and {missing.length - NAMED} more</p>}
    </div>
  );
}

function BucketNumbers({ bucket, model }: { readonly bucket: Bucket; readonly model: ChartModel }) {
  const { point, open } = bucket;
  return (
    <>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4">
        {pointNumbers(model.aggregate).map(({ name, isValue, of }, index) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className={`text-right ${index === 0 ? 'font-medium' : ''}`}>
              {isValue ? valueText(of(point), model.unit) : countText(of(point))}
            </dd>
          </div>
        ))}
      </dl>
      {point.partial && (
        <p className="mt-1 text-ink-2">{open ? 'still open: these will change' : 'cut by the edge of the window'}</p>
      )}
    </>
  );
}
