import type { RangeBody } from '../api/bodies.ts';
import { Button } from '../parts/button.tsx';
import { spanText } from '../time/format-time.ts';
import type { Instant, Span } from '../time/spans.ts';

interface EmptyChartNoteProps {
  readonly answer: RangeBody;
  readonly zone: string;
  readonly now: Instant;
  readonly onPick: (span: Span) => void;
}

/** Over an empty chart: where data can be instead. */
export function EmptyChartNote({ answer, zone, now, onPick }: EmptyChartNoteProps) {
  const { dataFrom, dataTo } = answer.envelope.coverage;
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center p-4">
      <div className="pointer-events-auto rounded-md border border-line bg-raised px-4 py-3 text-center text-sm shadow-float">
        <p>No samples in this time.</p>
        {dataFrom !== null && dataTo !== null && (
          <>
            <p className="mt-0.5 text-ink-2">
              Its source has data of {spanText({ from: dataFrom, to: dataTo }, zone, now)}.
            </p>
            <Button className="mt-2" onClick={() => onPick({ from: dataFrom, to: dataTo })}>
              Show it
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
