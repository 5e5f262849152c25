import { spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { countText, valueText } from '../values/format-value.ts';
import type { ChartModel } from './chart-model.ts';
import { tableRows } from './table-rows.ts';

interface RangeTableProps {
  readonly model: ChartModel;
  readonly caption: string;
  readonly now: Instant;
}

/** The chart as a table: each bucket with samples and each time without, newest first. */
export function RangeTable({ model, caption, now }: RangeTableProps) {
  const number = 'px-3 py-1 text-right';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard.
    <section aria-label="The chart as a table" tabIndex={0} className="h-64 overflow-auto sm:h-80 lg:h-96">
      <table className="w-full text-xs">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-panel text-ink-3">
          <tr className="border-b border-line">
            <th scope="col" className="px-4 py-1.5 text-left font-normal">
              time
            </th>
            {['average', 'min', 'max', 'samples'].map((name) => (
              <th key={name} scope="col" className={`${number} font-normal`}>
                {name}
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
                <>
                  <td className={`${number} font-medium`}>{valueText(row.bucket.point.avg, model.unit)}</td>
                  <td className={number}>{valueText(row.bucket.point.min, model.unit)}</td>
                  <td className={number}>{valueText(row.bucket.point.max, model.unit)}</td>
                  <td className={number}>
                    {countText(row.bucket.point.count)}
                    {row.bucket.open && ' (open)'}
                  </td>
                </>
              ) : (
                <td colSpan={4} className="px-3 py-1 text-right text-ink-3">
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
