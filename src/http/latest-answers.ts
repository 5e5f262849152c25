import { type Clock, floorTo, type Instant, MINUTE } from '../domain/time.ts';
import { rangeEnding, segmentEdges, type WindowName } from '../domain/windows.ts';
import type { SeriesKnowledge } from '../history/memory.ts';
import type { Org } from '../store/catalog.ts';
import { mergePoints } from '../windows/merge.ts';
import type { ServedArtifact } from '../windows/served-windows.ts';
import { answerOf, readWindow } from '../windows/window-reading.ts';
import { type AnswerCache, CachedAnswer } from './answer-cache.ts';
import type { Prepared } from './answers.ts';
import type { HttpContext } from './context.ts';
import type { LatestMeta } from './samples-contract.ts';

/** Grows when the shape of a body changes, so that no browser keeps an old one. */
const FORMAT = 1;

/** Windows that are not published as they are asked for: out of the ladder, or merged from a published one. */
export class LatestAnswers {
  readonly #context: HttpContext;
  readonly #clock: Clock;
  readonly #cache: AnswerCache;

  constructor(context: HttpContext, cache: AnswerCache) {
    this.#context = context;
    this.#clock = context.clock;
    this.#cache = cache;
  }

  /** Any window of a series of an org in any number of segments, from the rollups as they are now. */
  fromLadder(
    org: Org,
    knowledge: SeriesKnowledge,
    length: number,
    window: WindowName | null,
    samples: number,
  ): Prepared {
    const { history, engine, windows } = this.#context;
    const { series, revision } = knowledge;
    const now = this.#clock.now();
    const range = rangeEnding(now, length);
    const lost = windows.served.storeUnreachableSince ?? null;
    // Up to where time counts as missing depends on the clock.
    const minute = floorTo(now, MINUTE) / MINUTE;
    const etag = `W/"l${FORMAT}.${series.id}.${revision}.${series.changes}.${range.from}.${range.to}.${samples}.${minute}.${lost ?? ''}"`;
    return this.#prepared(etag, async () => {
      const reader = { history, database: engine.reader, org: org.number };
      const answer = answerOf(history, await readWindow(reader, knowledge, range, samples), samples);
      const meta: LatestMeta = {
        source: 'ladder',
        window,
        granularity: samples,
        generatedAt: now,
        expiresAt: null,
        versionId: null,
        count: answer.points.length,
        checksum: null,
        watermark: answer.envelope.watermark,
        stale: lost !== null,
        staleSince: lost,
        reason: lost === null ? null : 'the store cannot be reached; this is from what was read before',
      };
      return { meta, ...answer };
    });
  }

  /** Coarser segments out of a published window; undefined where they would not be exact. */
  fromPublished({ published, staleness, etag }: ServedArtifact, samples: number): Prepared | undefined {
    const { artifact, meta, source } = published;
    const { series, from, to, segments, samples: raw, envelope } = artifact;
    const points = mergePoints(artifact.points, segmentEdges({ from, to }, segments), samples);
    if (!points) return undefined;
    const { stale, staleSince, reason } = staleness;
    const { window, generatedAt, expiresAt, watermark } = meta;
    const mergedMeta: LatestMeta = {
      source,
      window,
      granularity: samples,
      generatedAt,
      expiresAt,
      versionId: null,
      count: points.length,
      checksum: null,
      watermark,
      stale,
      staleSince,
      reason,
    };
    return this.#prepared(etag.replace(/"$/, `.m${samples}"`), async () => ({
      meta: mergedMeta,
      series,
      from,
      to,
      segments: samples,
      samples: raw,
      points,
      envelope,
    }));
  }

  #prepared(etag: string, compute: () => Promise<object>): Prepared {
    const load = () =>
      this.#cache.get(etag, async () => new CachedAnswer(Buffer.from(JSON.stringify(await compute())), false));
    return { etag, isAbsolute: false, load };
  }
}

/** How old a stale answer is, in milliseconds; 0 for one that is not. */
export const ageOf = ({ staleness }: ServedArtifact, now: Instant): number =>
  staleness.stale ? now - (staleness.staleSince ?? now) : 0;
