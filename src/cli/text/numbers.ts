/** A number for reading: whole ones whole, others with two decimals or three leading digits, whichever says more. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? String(value) : value.toExponential(3);
  const size = Math.abs(value);
  if (size >= 1e12 || size < 1e-4) return value.toExponential(3);
  return size >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** An amount of bytes in the unit that keeps it short: `26.4 MB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const amount = bytes / 1000 ** power;
  return `${power > 0 && amount < 100 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}

export const percentText = (ratio: number): string => {
  // What is not whole must not look so.
  const percent = ratio < 1 ? Math.min(ratio * 100, 99.9) : 100;
  return `${percent.toFixed(ratio === 1 || ratio === 0 ? 0 : 1)} %`;
};

/** `1 object`, `2 objects`. */
export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
