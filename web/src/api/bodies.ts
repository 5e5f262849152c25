import type {
  ConfigurationBody,
  EnvelopeBody,
  JobBody,
  jobListSchema,
  ProblemBody,
  queryResponseSchema,
  RangeBody,
  SeriesBody,
  SeriesCoverageBody,
  ShownHealthBody,
  SourceBody,
  seriesListSchema,
  sourceListSchema,
} from '../../../src/http/contract.ts';
import type {
  DeviceBody,
  DeviceListBody,
  LatestBody,
  LatestMeta,
  PublicationBody,
  PublicationListBody,
  RefreshStateBody,
} from '../../../src/http/samples-contract.ts';

export type {
  ConfigurationBody,
  DeviceBody,
  DeviceListBody,
  EnvelopeBody,
  JobBody,
  LatestBody,
  LatestMeta,
  ProblemBody,
  PublicationBody,
  PublicationListBody,
  RangeBody,
  RefreshStateBody,
  SeriesBody,
  SeriesCoverageBody,
  ShownHealthBody,
  SourceBody,
};

type Output<Schema extends { readonly _output: unknown }> = Schema['_output'];

export type SeriesListBody = Output<typeof seriesListSchema>;
export type SourceListBody = Output<typeof sourceListSchema>;
export type JobListBody = Output<typeof jobListSchema>;
export type QueryResponseBody = Output<typeof queryResponseSchema>;

export type RangePoint = RangeBody['points'][number];
export type MissingRange = EnvelopeBody['missing'][number];
export type MissingReason = MissingRange['reason'];
export type CoverageBody = EnvelopeBody['coverage'];
export type DayCoverage = SeriesCoverageBody['days'][number];
export type Restatement = SeriesCoverageBody['restatements'][number];
export type RefreshBody = EnvelopeBody['refresh'];
export type Aggregate = RangeBody['aggregate'];
export type LatestSegment = LatestBody['points'][number];
