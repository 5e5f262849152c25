import type { Aggregate, RangePoint } from '../api/bodies.ts';

export interface PointNumber {
  readonly name: string;
  /** In the unit of the series; else a plain count. */
  readonly isValue: boolean;
  readonly of: (point: RangePoint) => number;
}

const COMMON: readonly PointNumber[] = [
  { name: 'average', isValue: true, of: ({ avg }) => avg },
  { name: 'min', isValue: true, of: ({ min }) => min },
  { name: 'max', isValue: true, of: ({ max }) => max },
  { name: 'samples', isValue: false, of: ({ count }) => count },
];

export const aggregateName = (aggregate: Aggregate): string => (aggregate === 'avg' ? 'average' : aggregate);

/** The numbers of a bucket as tooltip and table show them: the one the line shows comes first. */
export function pointNumbers(aggregate: Aggregate): readonly PointNumber[] {
  const name = aggregateName(aggregate);
  if (COMMON.some((number) => number.name === name)) return COMMON;
  return [{ name, isValue: aggregate !== 'count', of: ({ value }) => value }, ...COMMON];
}
