import type { ReactNode } from 'react';
import type { RangeBody, SeriesCoverageBody } from '../api/bodies.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import type { Instant } from '../time/spans.ts';
import { countText, percentText, quantity } from '../values/format-value.ts';
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
      <Cell name="average" waiting={!answer} value={value(overall?.avg)} />
      <Cell name="min" waiting={!answer} value={value(overall?.min)} />
      <Cell name="max" waiting={!answer} value={value(overall?.max)} />
      <Cell name="samples" waiting={!answer} value={answer && countText(answer.totalSamples)} />
      <Cell name="coverage" waiting={!answer} value={ratio === null ? undefined : percentText(ratio)} />
      <Cell
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

interface CellProps {
  readonly name: string;
  readonly waiting: boolean;
  readonly value: ReactNode;
}

function Cell({ name, waiting, value }: CellProps) {
  return (
    <div className="bg-panel px-4 py-2.5">
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="mt-0.5 text-base font-medium tracking-tight sm:truncate sm:text-lg">
        {waiting ? <Skeleton className="my-1 h-4 w-16" /> : (value ?? <span className="text-ink-3">–</span>)}
      </dd>
    </div>
  );
}

function Scaled({ value, unit }: { readonly value: number; readonly unit: string }) {
  const { number, unit: scaled } = quantity(value, unit);
  return (
    <>
      {number}
      {scaled !== '' && <span className="ml-1 text-xs font-normal text-ink-3 max-sm:ml-0 max-sm:block">{scaled}</span>}
    </>
  );
}
