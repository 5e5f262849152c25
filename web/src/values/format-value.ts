/** A number for people, and the unit it was scaled to. */
export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

interface Scale {
  readonly size: number;
  readonly unit: string;
}

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((unit, power): Scale => ({ size: 1024 ** power, unit }));
const TIMES: readonly Scale[] = [
  { size: 1, unit: 'ms' },
  { size: 1_000, unit: 's' },
  { size: 60_000, unit: 'min' },
  { size: 3_600_000, unit: 'h' },
  { size: 86_400_000, unit: 'd' },
];

const LADDERS: Readonly<Record<string, { readonly scales: readonly Scale[]; readonly base: number }>> = {
  bytes: { scales: BYTES, base: 1 },
  byte: { scales: BYTES, base: 1 },
  B: { scales: BYTES, base: 1 },
  'bytes/s': { scales: BYTES.map(({ size, unit }) => ({ size, unit: `${unit}/s` })), base: 1 },
  'B/s': { scales: BYTES.map(({ size, unit }) => ({ size, unit: `${unit}/s` })), base: 1 },
  ms: { scales: TIMES, base: 1 },
  s: { scales: TIMES, base: 1_000 },
  seconds: { scales: TIMES, base: 1_000 },
};

const SHORT: readonly Scale[] = [
  { size: 1, unit: '' },
  { size: 1e3, unit: 'k' },
  { size: 1e6, unit: 'M' },
  { size: 1e9, unit: 'G' },
  { size: 1e12, unit: 'T' },
];

const fitting = (scales: readonly Scale[], value: number): Scale =>
  scales.findLast(({ size }) => value >= size) ?? (scales[0] as Scale);

/** Three to five significant digits, whole thousands grouped. */
function plain(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(2);
  const decimals = size >= 10_000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
  return Number(value.toFixed(decimals)).toLocaleString('en-GB', { maximumFractionDigits: decimals });
}

export function quantity(value: number, unit: string): Quantity {
  const ladder = LADDERS[unit];
  const size = Math.abs(value);
  if (ladder) {
    const scale = fitting(ladder.scales, size * ladder.base);
    return { number: plain((value * ladder.base) / scale.size), unit: scale.unit };
  }
  if (size >= 1e7) {
    const scale = fitting(SHORT, size);
    return { number: `${plain(value / scale.size)}${scale.unit}`, unit };
  }
  return { number: plain(value), unit };
}

export function valueText(value: number, unit: string): string {
  const { number, unit: scaled } = quantity(value, unit);
  if (scaled === '') return number;
  return scaled === '%' ? `${number}%` : `${number} ${scaled}`;
}

/** Without the unit where it is the one the reader has just read beside it. */
export function shortValueText(value: number, unit: string): string {
  const { number, unit: scaled } = quantity(value, unit);
  return scaled === unit ? number : `${number} ${scaled}`;
}

export const countText = (count: number): string => Math.round(count).toLocaleString('en-GB');

/** `99.95%`, never rounded up to a hundred or down to nothing. */
export function percentText(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 99.99 && percent < 100) return '>99.99%';
  if (percent > 0 && percent < 0.01) return '<0.01%';
  return `${Number(percent.toFixed(percent > 99 || percent < 1 ? 2 : 1))}%`;
}

/** Distances of axis marks that are round in the unit; `undefined` leaves the choice to decimal steps. */
export function axisSteps(unit: string): number[] | undefined {
  const ladder = LADDERS[unit];
  if (!ladder) return undefined;
  if (ladder.scales === TIMES) {
    const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];
    return [...steps, 72e5, 216e5, 432e5, 864e5, 1728e5, 6048e5].flatMap((step) =>
      step === 1 ? [0.001, 0.01, 0.1, 0.2, 0.5, 1].map((part) => part / ladder.base) : [step / ladder.base],
    );
  }
  return Array.from({ length: 54 }, (_, power) => 2 ** power);
}

/** Labels of axis marks: all in the unit that suits the largest, with just the decimals that tell them apart. */
export function axisLabels(marks: readonly number[], unit: string): string[] {
  const largest = Math.max(...marks.map(Math.abs), 0);
  const ladder = LADDERS[unit];
  const base = ladder?.base ?? 1;
  return scaledLabels(marks, unit, fitting(ladder?.scales ?? SHORT, largest * base));
}

/** Labels like `1.016k` are longer than what they shorten. */
const MOST_DECIMALS = 2;

function scaledLabels(marks: readonly number[], unit: string, scale: Scale): string[] {
  const ladder = LADDERS[unit];
  const base = ladder?.base ?? 1;
  const steps = marks.slice(1).map((mark, index) => Math.abs(mark - (marks[index] as number)) * (base / scale.size));
  const finest = Math.min(...steps.filter((step) => step > 0), 1);
  const decimals = Math.min(8, Math.max(0, Math.ceil(-Math.log10(finest) - 1e-9)));
  const exact = steps.every((step) => Math.abs(step - Number(step.toFixed(decimals))) < 1e-9) ? decimals : decimals + 1;
  if (!ladder && exact > MOST_DECIMALS && scale.size > 1) return scaledLabels(marks, unit, SHORT[0] as Scale);
  const suffix = ladder ? ` ${scale.unit}` : unit === '%' ? `${scale.unit}%` : scale.unit;
  return marks.map((mark) => {
    const value = (mark * base) / scale.size;
    return value === 0
      ? `0${unit === '%' ? '%' : ''}`
      : `${value.toLocaleString('en-GB', { minimumFractionDigits: exact, maximumFractionDigits: exact })}${suffix}`;
  });
}
