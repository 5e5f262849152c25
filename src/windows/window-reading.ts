import { summaryOf } from '../domain/series.ts';
import type { Interval } from '../domain/time.ts';
import type { History } from '../history/history.ts';
import type { SeriesKnowledge } from '../history/memory.ts';
import type { Segments } from '../history/segments.ts';
import type { Database } from '../store/engine.ts';
import { dimensionsOf } from '../store/fields.ts';
import type { WindowAnswer } from './artifact.ts';
import { mergeSegments, pointsOf } from './merge.ts';

/** A range of a series and of what is measured together with it, cut into equal segments. */
export interface WindowReading {
  readonly knowledge: SeriesKnowledge;
  readonly segments: Segments;
  readonly dimensions: readonly { readonly name: string; readonly segments: Segments }[];
}

export interface WindowReader {
  readonly history: History;
  readonly database: Database;
  readonly org: number;
}

export async function readWindow(
  { history, database, org }: WindowReader,
  knowledge: SeriesKnowledge,
  range: Interval,
  count: number,
): Promise<WindowReading> {
  const beside = await dimensionsOf(database, org, knowledge.series.number);
  const dimensions = await Promise.all(
    beside.map(async ({ name, id }) => {
      const other = await history.find(org, id);
      return other ? [{ name, segments: await history.segments(other, range, count) }] : [];
    }),
  );
  return { knowledge, segments: await history.segments(knowledge, range, count), dimensions: dimensions.flat() };
}

/** The reading as an answer in `count` segments, which divide those that were read. */
export function answerOf(
  history: History,
  { knowledge, segments, dimensions }: WindowReading,
  count: number,
): WindowAnswer {
  const merged = mergeSegments(segments, count);
  const beside = dimensions.map(({ name, segments: fine }) => ({ name, segments: mergeSegments(fine, count) }));
  const { series, source, ledger } = knowledge;
  return {
    series: summaryOf(series, source.name),
    from: merged.from,
    to: merged.to,
    segments: count,
    samples: merged.overall?.count ?? 0,
    points: pointsOf(merged, beside, ledger.askedTo ?? merged.to),
    envelope: history.segmentsEnvelope(knowledge, merged),
  };
}
