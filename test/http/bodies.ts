import type { z } from 'zod';
import type {
  jobListSchema,
  queryResponseSchema,
  seriesListSchema,
  sourceListSchema,
} from '../../src/http/contract.ts';

export type JobList = z.infer<typeof jobListSchema>;
export type QueryResponse = z.infer<typeof queryResponseSchema>;
export type SeriesList = z.infer<typeof seriesListSchema>;
export type SourceList = z.infer<typeof sourceListSchema>;
