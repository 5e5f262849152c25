import { spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { countText, shortValueText } from '../values/format-value.ts';
import type { Bucket } from './buckets.ts';
import type { ChartModel } from './chart-model.ts';
import { type PointNumber, pointNumbers } from './point-numbers.ts';
import type { ChartHeight } from './series-chart.tsx';
import { tableRows } from './table-rows.ts';

interface RangeTableProps {
  readonly model: ChartModel;
  readonly caption: string;
  readonly now: Instant;
  readonly height?: ChartHeight;
}

/** As tall as the chart with the room around it. */
const HEIGHTS: Readonly<Record<ChartHeight, string>> = { tall: 'h-68 sm:h-84 lg:h-100', short: 'h-44 sm:h-48' };

const CELL = 'px-3 py-1 text-right';

/** The chart as a table: each bucket with samples and each time without, newest first. */
export function RangeTable({ model, caption, now, height = 'tall' }: RangeTableProps) {
  const columns = pointNumbers(model.aggregate);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard.
    <section aria-label="The chart as a table" tabIndex={0} className={`overflow-auto ${HEIGHTS[height]}`}>
      <table className="w-full text-xs">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-panel text-ink-3">
          <tr className="border-b border-line">
            <th scope="col" className="px-4 py-1.5 text-left font-normal">
              time
            </th>
            {columns.map(({ name, isValue }) => (
              <th key={name} scope="col" className={`${CELL} font-normal`}>
                {name}
                {isValue && model.unit !== '' && ` (${model.unit})`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tableRows(model).map((row) => (
            <tr key={row.from} className="border-b border-line last:border-0">
              <th scope="row" className="px-4 py-1 text-left font-normal whitespace-nowrap text-ink-2">
                {spanText(row, model.zone, now)}
              </th>
              {row.bucket ? (
                <BucketCells bucket={row.bucket} columns={columns} unit={model.unit} />
              ) : (
                <td colSpan={columns.length} className={`${CELL} text-ink-3`}>
                  {row.why}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface BucketCellsProps {
  readonly bucket: Bucket;
  readonly columns: readonly PointNumber[];
  readonly unit: string;
}

function BucketCells({ bucket, columns, unit }: BucketCellsProps) {
  return columns.map(({ name, isValue, of }, index) => (
    <td key={name} className={`${CELL} ${index === 0 ? 'font-medium' : ''}`}>
      {isValue ? shortValueText(of(bucket.point), unit) : countText(of(bucket.point))}
      {index === columns.length - 1 && bucket.open && ' (open)'}
    </td>
  ));
}
