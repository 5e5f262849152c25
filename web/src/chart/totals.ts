import type { Aggregate } from '../api/bodies.ts';

const TOTALS: readonly Aggregate[] = ['sum', 'count', 'increase'];

/** Whether values add up over time: then they are read against zero, and a part of a bucket is too low. */
export const isTotal = (aggregate: Aggregate): boolean => TOTALS.includes(aggregate);
