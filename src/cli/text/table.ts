import { columnsOf, oneLine, shorten } from './printable.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** Longer texts are cut. */
  readonly widest?: number;
}

const GAP = '  ';

/** Rows below their titles, in columns as wide as their widest cell. Cells that take no room are left out at the end of lines. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) =>
    columns.map(({ widest }, index) => {
      const text = oneLine(row[index] ?? '');
      return widest === undefined ? text : shorten(text, widest);
    }),
  );
  const titles = columns.map(({ title }) => title);
  const lines = [titles, ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => columnsOf(line[index] as string))));
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const padding = ' '.repeat((widths[index] as number) - columnsOf(text));
          return columns[index]?.right ? padding + text : text + padding;
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}
