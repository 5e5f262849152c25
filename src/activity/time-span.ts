import { bucketEdges } from '../domain/buckets.ts';
import { ceilTo, DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts';
import type { Zone } from '../domain/zone.ts';
import type { EventStream } from '../store/event-log.ts';

export const BUCKETS = { '1h': HOUR, '6h': 6 * HOUR, '1d': DAY } as const;

/** What is asked for: a length that ends now, or all there is; `step` in milliseconds, or as fine as is good to look at. */
export interface SpanQuestion {
  readonly window: number | 'any';
  readonly step: number | 'auto';
  readonly zone: Zone;
}

/** The buckets of an answer. */
export interface TimeSpan {
  readonly zone: Zone;
  readonly step: number;
  /** One more than buckets. */
  readonly edges: readonly Instant[];
  /** Where the log begins: earlier buckets are left out, since nobody wrote down what happened then. */
  readonly coveredFrom: Instant | null;
  readonly asked: { readonly from: Instant; readonly to: Instant };
  readonly now: Instant;
}

export const MOST_BUCKETS = 5_000;
/** Steps of `auto`; weeks and months only for logs of years. */
const AUTO_STEPS = [HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY];
const AUTO_BUCKETS = 200;

/** The range grows outward to whole buckets; its end is the quarter of an hour that runs, so that callers share answers. Undefined: too many buckets. */
export function settleSpan(
  question: SpanQuestion,
  stream: EventStream | undefined,
  now: Instant,
): TimeSpan | undefined {
  const { zone } = question;
  const to = ceilTo(now + 1, 15 * MINUTE);
  const coveredFrom = stream?.firstAt ?? null;
  const start = question.window === 'any' ? Math.min(coveredFrom ?? now, now) : now - question.window;
  const step =
    question.step === 'auto'
      ? (AUTO_STEPS.find((candidate) => (to - start) / candidate <= AUTO_BUCKETS) ?? 28 * DAY)
      : question.step;
  if ((to - start) / step > MOST_BUCKETS) return undefined;
  // The first edge is the range's own and not one of the zone.
  const all = bucketEdges({ from: Math.max(0, start - 2 * step - DAY), to }, step, zone);
  let first = 1;
  while (first + 1 < all.length - 1 && (all[first + 1] as number) <= start) first++;
  const edges = Array.from(all.slice(first));
  const from = edges[0] as Instant;
  if (coveredFrom === null) return { zone, step, edges: [], coveredFrom, asked: { from, to }, now };
  while (edges.length > 1 && (edges[1] as Instant) <= coveredFrom) edges.shift();
  return { zone, step, edges: edges.length > 1 ? edges : [], coveredFrom, asked: { from, to }, now };
}

/** What an answer knows of itself. */
export interface SpanEnvelope {
  readonly asOf: Instant;
  /** Where the log begins, and the end of the answer; null before the first event. */
  readonly coverage: { readonly from: Instant; readonly to: Instant } | null;
  /** Time that was asked for and lies before the log: nobody wrote down what happened. */
  readonly missing: readonly { readonly from: Instant; readonly to: Instant; readonly reason: 'never-asked' }[];
  readonly partial: readonly { readonly from: Instant; readonly to: Instant; readonly reason: 'open' | 'log-begins' }[];
}

export function envelopeOf({ edges, coveredFrom, asked, now }: TimeSpan): SpanEnvelope {
  const missing = (to: Instant) => (asked.from < to ? [{ from: asked.from, to, reason: 'never-asked' as const }] : []);
  if (coveredFrom === null) return { asOf: now, coverage: null, missing: missing(asked.to), partial: [] };
  const [first, second] = edges;
  const begins = first !== undefined && second !== undefined && first < coveredFrom;
  return {
    asOf: now,
    coverage: { from: Math.max(coveredFrom, asked.from), to: now },
    missing: missing(Math.min(coveredFrom, asked.to)),
    partial: [
      ...(begins && edges.length > 2 ? [{ from: first, to: second, reason: 'log-begins' as const }] : []),
      ...(edges.length > 1
        ? [{ from: edges.at(-2) as Instant, to: edges.at(-1) as Instant, reason: 'open' as const }]
        : []),
    ],
  };
}
