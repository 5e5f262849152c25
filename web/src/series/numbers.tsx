import type { ReactNode } from 'react';
import type { RangeBody, SeriesCoverageBody } from '../api/bodies.ts';
import { NumberCell, Scaled } from '../parts/number-cell.tsx';
import type { Instant } from '../time/spans.ts';
import { countText, percentText } from '../values/format-value.ts';
import { VersionNumber } from './version-number.tsx';

interface NumbersProps {
  readonly answer: RangeBody | undefined;
  readonly coverage: SeriesCoverageBody | undefined;
  readonly zone: string;
  readonly now: Instant;
}

/** The whole window in six numbers. */
export function Numbers({ answer, coverage, zone, now }: NumbersProps) {
  const unit = answer?.series.unit ?? '';
  const overall = answer?.overall;
  const ratio = answer?.envelope.coverage.ratio ?? null;
  const value = (number: number | undefined): ReactNode =>
    number === undefined ? undefined : <Scaled value={number} unit={unit} />;
  return (
    <dl className="mt-3 grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-6">
      <NumberCell name="average" waiting={!answer} value={value(overall?.avg)} />
      <NumberCell name="min" waiting={!answer} value={value(overall?.min)} />
      <NumberCell name="max" waiting={!answer} value={value(overall?.max)} />
      <NumberCell name="samples" waiting={!answer} value={answer && countText(answer.totalSamples)} />
      <NumberCell name="coverage" waiting={!answer} value={ratio === null ? undefined : percentText(ratio)} />
      <NumberCell
        name="version"
        waiting={!answer}
        value={
          answer && (
            <VersionNumber
              version={answer.envelope.version}
              restatements={coverage?.restatements ?? []}
              zone={zone}
              now={now}
            />
          )
        }
      />
    </dl>
  );
}
