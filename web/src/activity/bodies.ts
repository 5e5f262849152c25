import type {
  EventTimeseriesBody,
  LatencyBody,
  LogEventBody,
  LogPageBody,
  logStreamsSchema,
} from '../../../src/http/activity-contract.ts';

export type { EventTimeseriesBody, LatencyBody, LogPageBody };

/** An event with the names of those in it. */
export type LogEvent = LogEventBody & { readonly identities?: LogPageBody['identities'] };
export type LogStreamsBody = (typeof logStreamsSchema)['_output'];
