import { namesOf } from '../activity/event-body.ts';
import type { Identity, Resolved } from '../activity/identities/directory.ts';
import type { LatencyBucket, LatencySummary } from '../activity/latency.ts';
import { envelopeOf, type TimeSpan } from '../activity/time-span.ts';
import { formatDuration, SECOND, toIso } from '../domain/time.ts';
import type { ProjectionState } from '../store/projections.ts';

/** Names beside ids, where they were asked for. */
export type Names = Resolved | undefined;

export const identitiesBody = (names: Names) => ({
  ...(names ? { identities: Object.fromEntries(names.identities) } : {}),
  warnings: [...(names?.warnings ?? [])],
});

/** The name to show beside an id. */
export const nameBody = (
  id: string | null,
  names: Names,
): { display_name?: string | null; avatar_url?: string | null } =>
  names ? namesOf(id, names.identities as ReadonlyMap<string, Identity>) : {};

export function spanBody(span: TimeSpan, lastSeq: number, projection: ProjectionState | undefined) {
  const { asOf, coverage, missing, partial } = envelopeOf(span);
  const done = projection?.seq ?? 0;
  return {
    bucket: formatDuration(span.step),
    zone: span.zone.name,
    asOf,
    coverage,
    missing: [...missing],
    partial: [...partial],
    building: done < lastSeq ? { done, total: lastSeq } : null,
  };
}

/** Marks the buckets that are not whole. */
export function partialBucket(span: TimeSpan, at: number): { partial?: true } {
  return envelopeOf(span).partial.some(({ from }) => from === at) ? { partial: true } : {};
}

export const latencySummaryBody = ({ average, p50, p95, count }: LatencySummary) => ({
  avg_response_time_s: seconds(average),
  p50_response_time_s: seconds(p50),
  p95_response_time_s: seconds(p95),
  count,
});

export const latencyBucketBody = (span: TimeSpan, bucket: LatencyBucket) => ({
  timestamp: toIso(bucket.at),
  ...latencySummaryBody(bucket),
  ...partialBucket(span, bucket.at),
});

/** Milliseconds as seconds, to the millisecond. */
const seconds = (milliseconds: number | null): number | null =>
  milliseconds === null ? null : Math.round(milliseconds) / SECOND;
