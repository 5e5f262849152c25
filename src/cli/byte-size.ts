import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = {
  KB: 1_000,
  MB: 1_000 ** 2,
  GB: 1_000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const LEAST = 1_000_000;

/** Reads an amount of bytes of an option: `64MB`, `1GiB`. */
export function parseBytes(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})\s*(KB|MB|GB|KiB|MiB|GiB)$/.exec(text) ?? [];
  const bytes = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (bytes >= LEAST) return bytes;
  throw new InvalidArgumentError('It must be a size of at least 1MB, such as 64MB or 1GB.');
}
