import { NumberCell, Scaled } from '../parts/number-cell.tsx';
import { countText, percentText } from '../values/format-value.ts';
import type { WindowNumbers } from './window-numbers.ts';

interface LatestNumbersProps {
  readonly numbers: WindowNumbers | undefined;
  readonly samples: number;
  readonly unit: string;
  readonly coverage: number | null;
}

/** The whole window in six numbers, the newest first. */
export function LatestNumbers({ numbers, samples, unit, coverage }: LatestNumbersProps) {
  const value = (number: number | undefined) => number !== undefined && <Scaled value={number} unit={unit} />;
  const cells = [
    ['latest', value(numbers?.latest.avg)],
    ['average', value(numbers?.avg)],
    ['min', value(numbers?.min)],
    ['max', value(numbers?.max)],
    ['samples', countText(samples)],
    ['coverage', coverage !== null && percentText(coverage)],
  ] as const;
  return (
    <dl className="mt-3 grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-6">
      {cells.map(([name, shown]) => (
        <NumberCell key={name} name={name} waiting={false} value={shown || undefined} />
      ))}
    </dl>
  );
}
