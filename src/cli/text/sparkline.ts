const BLOCKS = [...'▁▂▃▄▅▆▇█'];
/** Stands before the buckets that are still open. */
export const OPEN_MARK = '┆';

/** A bucket to draw: null where nothing is known. */
export interface Spark {
  readonly value: number | null;
  readonly open: boolean;
}

/**
 * Values as a line of blocks, lowest to highest; a bucket without a value stays blank. Where there are more buckets than `width`,
 * neighbours share a block that shows their mean.
 */
export function sparkline(sparks: readonly Spark[], width: number): string {
  const shown = squeeze(sparks, Math.max(1, width));
  const values = shown.flatMap(({ value }) => (value === null ? [] : [value]));
  const lowest = Math.min(...values);
  const span = Math.max(...values) - lowest;
  const firstOpen = shown.findIndex(({ open }) => open);
  return shown
    .map(({ value }, index) => {
      const mark = index === firstOpen ? OPEN_MARK : '';
      if (value === null) return `${mark} `;
      // Equal values are neither high nor low.
      const height = span > 0 ? (value - lowest) / span : 0.5;
      return mark + BLOCKS[Math.min(Math.floor(height * BLOCKS.length), BLOCKS.length - 1)];
    })
    .join('');
}

function squeeze(sparks: readonly Spark[], width: number): readonly Spark[] {
  if (sparks.length <= width) return sparks;
  return Array.from({ length: width }, (_, index) => {
    const start = Math.floor((index * sparks.length) / width);
    const part = sparks.slice(start, Math.floor(((index + 1) * sparks.length) / width));
    const values = part.flatMap(({ value }) => (value === null ? [] : [value]));
    const mean = values.reduce((total, value) => total + value / values.length, 0);
    return { value: values.length > 0 ? mean : null, open: part.some(({ open }) => open) };
  });
}
