import type { LatestBody } from '../api/bodies.ts';
import type { ChartModel } from '../chart/chart-model.ts';
import { columnsOf } from '../chart/columns.ts';
import { PUSHED } from '../chart/gaps.ts';
import { runsOfSegments, segmentsOf } from './latest-runs.ts';

/** A published window, or one field of it, made ready to be drawn. */
export function latestModel(latest: LatestBody, zone: string, unit: string, field?: string): ChartModel {
  const runs = runsOfSegments(segmentsOf(latest, field), latest.envelope.missing, latest.meta.generatedAt);
  return {
    shown: { from: latest.from, to: latest.to },
    unit,
    aggregate: 'avg',
    zone,
    withBand: true,
    fromZero: false,
    stepped: false,
    runs,
    buckets: runs.flat(),
    columns: columnsOf(runs, { fromZero: false, withBand: true }),
    missing: latest.envelope.missing,
    wording: PUSHED,
  };
}

/** Milliseconds of a segment; those of long windows begin on whole minutes and differ by up to one. */
export const segmentLength = ({ from, to, segments }: LatestBody): number => (to - from) / segments;
